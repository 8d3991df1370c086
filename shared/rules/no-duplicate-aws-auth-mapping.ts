import { awsAuthOf } from '../identity/access/aws-auth.ts';
import { lowerCase } from '../kubernetes/aws-auth/lower-case.ts';
import type { AwsAuthRow } from '../kubernetes/aws-auth/parsed.ts';
import { draftAwsAuth } from '../plans/drafts/aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { type MapSlip, mapSlips, slipWhere } from './doors/aws-auth.ts';
import { awsAuth, groupBinding, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Principals that aws-auth maps twice, differently. */
export default defineRule({
  number: 'PT-416',
  name: 'no-duplicate-aws-auth-mapping',
  kind: 'broken',
  fix: 'guarded',
  title: 'aws-auth maps a principal twice, and only the last row counts',
  why: 'Of several rows with one ARN the authenticator keeps the last, whatever its case: the username and groups of the others are dropped without a word.',
  remedy: 'Keep one row, with the username and the groups that are meant.',
  references: [AWS_AUTH],
  examples: () => {
    const row = (groups: string) => `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [${groups}]\n`;
    const view = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
    const parts = (mapRoles: string) => ({
      clusters: [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({
            awsAuth: awsAuth({ mapRoles }),
            roles: [view],
            bindings: [groupBinding('view', 'viewers'), groupBinding('view', 'editors')],
          }),
        }),
      ],
      roles: [teamRole()],
    });
    const [twice, once] = [`${row('viewers')}${row('editors')}`, row('viewers, editors')];
    return {
      fails: estateExample('Two rows with other groups', parts(twice), { mapRoles: twice }),
      passes: estateExample('One row with both', parts(once), { mapRoles: once }),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) => [
    ...new Map(
      mapSlips(scope, ({ kind }) => kind === 'duplicate').map((slip) => [nameOf(slip), slip]),
    ).values(),
  ],
  where: slipWhere,
  check: (slip) => {
    const rows = rowsOf(slip);
    const winner = rows.at(-1);
    const lost = winner === undefined ? [] : rows.filter((row) => textOf(row) !== textOf(winner));
    if (winner === undefined || lost.length === 0) return pass;
    return fail({
      principal: winner.arn,
      section: winner.section,
      counts: textOf(winner),
      dropped: lost.map(textOf),
    });
  },
  severity: () => 'medium',
  message: ({ principal, section, counts, dropped }, { cluster: { cluster } }) =>
    `${section} of aws-auth of ${cluster.name} maps ${principal} more than once: ${counts} counts, ${dropped.join(' and ')} is dropped.`,
  identity: ({ section }) => [section],
  repair: ({ principal, section, counts }) => ({
    text: `Keep one row for ${principal} in ${section}; what counts today is ${counts}.`,
  }),
  plan: ({ principal, counts, dropped }, slip, _, repair) =>
    draftAwsAuth(
      slip.cluster,
      rowsOf(slip)
        .slice(0, -1)
        .map(({ section, index }) => ({ kind: 'remove-row', section, row: index })),
      {
        title: `Remove the rows of aws-auth of cluster ${slip.cluster.cluster.name} for ${principal} that do not count.`,
        wish: 'nobody: what counts today stays',
        approval: [
          `What stays is ${counts}, which whoever may edit aws-auth could write behind ${dropped.join(' and ')}: which of them is meant is for somebody to say.`,
        ],
        notes: [`What the removed rows say is not given to anybody: ${dropped.join('; ')}.`],
        else: repair.text,
      },
    ),
});

/** A principal that stands there three times is one finding. */
function nameOf({ cluster, problem }: MapSlip): string {
  const arn = problem?.kind === 'duplicate' ? lowerCase(problem.arn) : '';
  return [cluster.cluster.arn, problem?.section ?? '', arn].join('\n');
}

function rowsOf({ cluster, problem }: MapSlip): AwsAuthRow[] {
  if (problem?.kind !== 'duplicate') return [];
  const wanted = lowerCase(problem.arn);
  return awsAuthOf(cluster).rows.filter(
    ({ arn, section }) => section === problem.section && lowerCase(arn) === wanted,
  );
}

/** `username in groups`, the groups in any order. */
function textOf({ username, groups }: AwsAuthRow): string {
  return `${username || 'no username'} in ${[...groups].sort().join(', ') || 'no group'}`;
}
