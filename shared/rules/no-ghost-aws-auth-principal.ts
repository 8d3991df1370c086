import { accessOf } from '../identity/access/ways.ts';
import { declined } from '../plans/draft.ts';
import { type AwsAuthEdit, draftAwsAuth } from '../plans/drafts/aws-auth.ts';
import { arnKey } from '../plans/drafts/invalid-aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { awsAuthClusters, standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { awsAuth, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Rows of aws-auth for principals that do not exist. */
export default defineRule({
  number: 'PT-418',
  name: 'no-ghost-aws-auth-principal',
  kind: 'rot',
  fix: 'guarded',
  title: 'aws-auth maps a principal that does not exist',
  why: 'aws-auth goes by names alone: whoever may create a role or user of that name gets the username and the groups of the row.',
  remedy: 'Remove the row.',
  references: [AWS_AUTH],
  examples: () => {
    const mapRoles = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [viewers]\n`;
    const clusters = [
      readCluster({
        authenticationMode: 'API_AND_CONFIG_MAP',
        kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }),
      }),
    ];
    return {
      fails: estateExample('The role was deleted', { clusters }, { mapRoles }),
      passes: estateExample('The role exists', { clusters, roles: [teamRole()] }, { mapRoles }),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: rowsOfPrincipals,
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const { way } = wayIn;
    const standing = standingOfWay(wayIn, estate);
    if (standing?.kind === 'unread') return unknown(standing.missing);
    const elsewhere = standing?.kind === 'elsewhere' && way.who?.kind === 'user' ? standing.arn : undefined;
    if (standing?.kind !== 'absent' && elsewhere === undefined) return pass;
    return fail({
      principal: way.principal ?? '',
      grade: way.rights().grade,
      ...(elsewhere !== undefined && { exists: elsewhere }),
    });
  },
  severity: ({ grade }) => (grade === 'cluster-admin' || grade === 'admin' ? 'medium' : 'low'),
  message: ({ principal, exists }, { cluster: { cluster } }) =>
    `aws-auth of ${cluster.name} maps ${principal}, which does not exist${exists === undefined ? '' : `: the user of this name is ${exists}`}.`,
  identity: () => [],
  repair: ({ principal, exists }) => ({
    text:
      exists === undefined
        ? `Remove the row for ${principal} from aws-auth in kube-system.`
        : `Write ${exists} in aws-auth instead of ${principal}.`,
  }),
  plan: ({ principal, exists }, { cluster, way: { row } }, _, repair) => {
    if (row === undefined) return declined(repair.text);
    const { section, index } = row;
    const edit: AwsAuthEdit =
      exists === undefined
        ? { kind: 'remove-row', section, row: index }
        : { kind: 'set-field', section, row: index, key: arnKey(cluster, section, index), value: exists };
    return draftAwsAuth(cluster, [edit], {
      title: repair.text,
      wish: `the row for ${principal} in aws-auth of ${cluster.cluster.name}`,
      else: repair.text,
    });
  },
});

/** Rows that count, and those that only their path keeps from it; not of roles that AWS services make for themselves. */
function rowsOfPrincipals(scope: Scope): WayIn[] {
  return awsAuthClusters(scope).flatMap((cluster) =>
    accessOf(cluster)
      .ways.filter(
        ({ surface, state, who, purpose }) =>
          surface === 'aws-auth' &&
          purpose !== 'eks' &&
          (state === 'open' || state === 'unknown' || (state === 'unmatched' && who?.kind === 'role')),
      )
      .map((way) => ({ cluster, way })),
  );
}
