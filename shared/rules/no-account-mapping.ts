import { isOurs } from '../estate/membership.ts';
import { defineRule } from './define-rule.ts';
import { openWays, wayWhere } from './doors/ways-in.ts';
import { awsAuth, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { ACCOUNT, estateExample } from './examples/estate.ts';
import { AWS_AUTH } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Accounts all of whose principals aws-auth lets in. */
export default defineRule({
  number: 'PT-421',
  name: 'no-account-mapping',
  kind: 'open',
  fix: 'manual',
  title: 'aws-auth lets everyone of an account in',
  why: 'Every role and user of the account may sign in under its ARN, node roles and roles of pods included, and whoever may create roles there chooses a name that some binding grants rights.',
  remedy: 'Map the principals that are meant, each by itself, and remove the account from mapAccounts.',
  references: [AWS_AUTH],
  examples: () => {
    const parts = (data: Readonly<Record<string, string>>) => {
      const clusters = [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({ awsAuth: awsAuth(data) }),
        }),
      ];
      return { clusters, roles: [teamRole()] };
    };
    const account = { mapAccounts: `- "${ACCOUNT}"\n` };
    const row = { mapRoles: `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [viewers]\n` };
    return {
      fails: estateExample('A whole account', parts(account), account),
      passes: estateExample('A role', parts(row), row),
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) => openWays(scope, 'aws-auth', 'aws-auth-account'),
  where: wayWhere,
  check: ({ way }, { estate, config }) => {
    const account = way.principal ?? '';
    // What is no account id lets nobody in, and is told as a slip.
    if (way.surface !== 'aws-auth-account' || !/^\d{12}$/.test(account)) return pass;
    const foreign =
      estate.snapshot.organization?.complete === true &&
      !isOurs(account, estate) &&
      !config.access.accounts.includes(account);
    return fail({ account, foreign, grade: way.rights().atLeast });
  },
  severity: ({ foreign, grade }) =>
    grade === 'cluster-admin' || grade === 'admin' ? 'critical' : foreign ? 'high' : 'medium',
  message: ({ account, foreign }, { cluster: { cluster } }) =>
    `aws-auth of ${cluster.name} lets in everyone of account ${account}${foreign ? ', which is not of the organization' : ''}.`,
  identity: () => [],
});
