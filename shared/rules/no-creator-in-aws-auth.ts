import { defineRule } from './define-rule.ts';
import { creates } from './doors/creates.ts';
import { openWays, wayWhere } from './doors/ways-in.ts';
import { awsAuth, CREATED, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH, BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** The creator of a cluster, listed where it need not be. */
export default defineRule({
  number: 'PT-420',
  name: 'no-creator-in-aws-auth',
  kind: 'rot',
  fix: 'manual',
  title: 'aws-auth lists whoever created the cluster',
  why: 'Under CONFIG_MAP the creator is administrator without being listed, and stays it when aws-auth is spoilt. The row gives nothing, and hides that the access does not go away with it.',
  remedy: 'Remove the row; who else needs to be administrator gets a row or an access entry of their own.',
  references: [AWS_AUTH, BEST_PRACTICES],
  examples: () => {
    const mapRoles = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [system:masters]\n`;
    const parts = (creator: string) => ({
      clusters: [
        readCluster({
          authenticationMode: 'CONFIG_MAP' as const,
          creator: { arn: creator, at: CREATED.cluster },
          kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }),
        }),
      ],
      roles: [teamRole()],
    });
    const builder = 'arn:aws:iam::111122223333:role/builder';
    return {
      fails: estateExample('The role that created it', parts(TEAM_ARN), { mapRoles, creator: TEAM_ARN }),
      passes: estateExample('Another role created it', parts(builder), { mapRoles, creator: builder }),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) =>
    openWays(scope, 'aws-auth').filter(
      ({ way, cluster: { cluster } }) =>
        way.purpose === 'people' &&
        cluster.authenticationMode === 'CONFIG_MAP' &&
        cluster.creatorAdmin !== false,
    ),
  where: wayWhere,
  check: (wayIn) => {
    if (wayIn.cluster.cluster.creator === undefined) {
      return unknown({ read: 'cloudtrail:LookupEvents', reason: 'who created the cluster is not known' });
    }
    return creates(wayIn) ? fail({ principal: wayIn.way.principal ?? '' }) : pass;
  },
  severity: () => 'low',
  message: ({ principal }, { cluster: { cluster } }) =>
    `aws-auth of ${cluster.name} lists ${principal}, which created the cluster and is its administrator anyway.`,
  identity: () => [],
});
