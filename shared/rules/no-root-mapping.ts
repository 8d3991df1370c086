import { parsePrincipal } from '../identity/access/principal.ts';
import { defineRule } from './define-rule.ts';
import { isMeantAdmin, openWays, wayWhere } from './doors/ways-in.ts';
import { awsAuth, groupBinding, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Rows of aws-auth for an account's root, which in policies means everyone. */
export default defineRule({
  number: 'PT-415',
  name: 'no-root-mapping',
  kind: 'broken',
  fix: 'manual',
  title: 'aws-auth maps the root of an account as if it meant everyone',
  why: 'In a policy `arn:aws:iam::ACCOUNT:root` stands for the whole account. In aws-auth it is the root user alone: the people it was written for do not get in, and the one who does should never sign in.',
  remedy: 'Map the roles that are meant, each by a row or an access entry of its own, and remove this row.',
  references: [AWS_AUTH],
  examples: () => {
    const data = (arn: string) => ({
      mapRoles: `- rolearn: ${arn}\n  username: ops\n  groups: [viewers]\n`,
    });
    const view = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
    const parts = (arn: string) => {
      const clusters = [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({
            awsAuth: awsAuth(data(arn)),
            roles: [view],
            bindings: [groupBinding('view', 'viewers')],
          }),
        }),
      ];
      return { clusters, roles: [teamRole()] };
    };
    const root = 'arn:aws:iam::111122223333:root';
    return {
      fails: estateExample('Root', parts(root), data(root)),
      passes: estateExample('A role', parts(TEAM_ARN), data(TEAM_ARN)),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) => openWays(scope, 'aws-auth'),
  where: wayWhere,
  check: ({ way: { principal } }, { config }) => {
    if (principal === null || parsePrincipal(principal.toLowerCase())?.kind !== 'root') return pass;
    return isMeantAdmin(config, principal) ? pass : fail({ principal });
  },
  severity: () => 'medium',
  message: ({ principal }, { cluster: { cluster } }) =>
    `aws-auth of ${cluster.name} maps ${principal}, which is the root user alone and nobody else of the account.`,
  identity: () => [],
});
