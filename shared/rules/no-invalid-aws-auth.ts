import type { Severity } from '../findings/finding.ts';
import type { AwsAuthProblem, AwsAuthProblemKind } from '../kubernetes/aws-auth/problem.ts';
import { declined } from '../plans/draft.ts';
import { draftCorrection } from '../plans/drafts/invalid-aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { mapSlips, slipFacts, slipIdentity, slipWhere } from './doors/aws-auth.ts';
import { awsAuth, kubernetes, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Slips that have a rule of their own. */
const OTHERS: ReadonlySet<AwsAuthProblemKind> = new Set(['role-path', 'root', 'duplicate']);

const isMeant = ({ kind, effect }: AwsAuthProblem): boolean =>
  !OTHERS.has(kind) && (effect !== 'none' || kind === 'ignored-document');

/** What the authenticator drops or reads otherwise than it looks. */
export default defineRule({
  number: 'PT-411',
  name: 'no-invalid-aws-auth',
  kind: 'broken',
  fix: 'guarded',
  title: 'Part of aws-auth does not count',
  why: 'Nobody checks the ConfigMap when it is written. A section that is no YAML list counts for nothing as a whole, nodes included, and a misspelt key or ARN drops a row without a word.',
  remedy: 'Correct the line. Access entries are checked when they are written: move the row to one.',
  references: [AWS_AUTH],
  examples: () => {
    const written = (rows: string) => ({
      clusters: [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles: rows }) }),
        }),
      ],
      roles: [teamRole()],
    });
    const good = '- rolearn: arn:aws:iam::111122223333:role/team\n  username: team\n  groups: [viewers]\n';
    const bad = good.replace('  username', ' username');
    return {
      fails: estateExample('One space is missing', written(bad), { mapRoles: bad }),
      passes: estateExample('The same, indented as it should be', written(good), { mapRoles: good }),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) => mapSlips(scope, isMeant),
  where: slipWhere,
  check: ({ problem }) => (problem === null ? pass : fail(slipFacts(problem))),
  severity: ({ problem, effect }): Severity => {
    if (effect === 'section-lost') return 'high';
    if (effect === 'row-lost' || problem === 'ignored-document') return 'medium';
    return problem === 'no-username' || problem === 'repeated-key' ? 'low' : 'medium';
  },
  message: ({ detail }, { cluster: { cluster } }) => `aws-auth of ${cluster.name}: ${detail}.`,
  identity: (_, { problem }) => (problem === null ? [] : slipIdentity(problem)),
  repair: (_, { problem }) => ({ text: problem === null ? '' : correction(problem) }),
  plan: (_, { cluster, problem }, __, repair) =>
    problem === null ? declined(repair.text) : draftCorrection(cluster, problem, repair.text),
});

/** What to write instead, where that is known. */
function correction(problem: AwsAuthProblem): string {
  const { section, line } = problem;
  const place =
    section === undefined
      ? 'in aws-auth'
      : line === undefined
        ? `in ${section}`
        : `in ${section}, line ${line}`;
  if (problem.kind === 'assumed-role') return `Write ${problem.meant} ${place}.`;
  if ('meant' in problem && problem.meant !== undefined) return `Write ${problem.meant} ${place}.`;
  switch (problem.kind) {
    case 'unreadable':
    case 'not-a-list':
      return `Make ${section ?? 'the section'} a YAML list again; the text is lost from line ${line ?? 1} on. kubectl -n kube-system edit configmap aws-auth`;
    case 'ignored-document':
      return `Remove the line --- ${place}: only what stands before it is read.`;
    case 'no-username':
      return `Give the row a username ${place}.`;
    case 'joined-groups':
      return `Put each group on a line of its own, all indented alike, ${place}.`;
    case 'wildcard':
      return `Map each role by a row of its own ${place}: wildcards stand for themselves.`;
    default:
      return `Correct or remove what stands ${place}.`;
  }
}
