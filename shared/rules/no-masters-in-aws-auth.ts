import { MASTERS } from '../identity/access/bound.ts';
import { defineRule } from './define-rule.ts';
import { creates } from './doors/creates.ts';
import { isBreakGlass, isDead, openWays, wayWhere } from './doors/ways-in.ts';
import { awsAuth, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { AWS_AUTH, BEST_PRACTICES } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Rows of aws-auth with the group that nothing is refused. */
export default defineRule({
  number: 'PT-419',
  name: 'no-masters-in-aws-auth',
  kind: 'open',
  fix: 'manual',
  title: 'aws-auth puts a principal into system:masters',
  why: 'The API server lets system:masters do everything before it asks any authorizer: no role binding can narrow it, and removing bindings takes nothing away. In aws-auth nobody sees it from AWS either.',
  remedy:
    'Give it an access entry with AmazonEKSClusterAdminPolicy, or a group of its own with a binding that grants what it needs. Principals for emergencies belong in `access.breakGlass` of the configuration.',
  references: [BEST_PRACTICES, AWS_AUTH],
  examples: () => {
    const mapRoles = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [system:masters]\n`;
    const parts = {
      clusters: [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }),
        }),
      ],
      roles: [teamRole()],
    };
    return {
      fails: estateExample('A team', parts, { mapRoles }),
      passes: {
        ...estateExample('A role that the configuration keeps for emergencies', parts, { mapRoles }),
        config: { access: { breakGlass: [TEAM_ARN], accounts: [] } },
      },
    };
  },
  needs: ['kubernetes:awsAuth'],
  subjects: (scope) => openWays(scope, 'aws-auth').filter(({ way }) => way.purpose === 'people'),
  where: wayWhere,
  check: (wayIn, { estate, config }) => {
    const { principal, groups, who } = wayIn.way;
    if (principal === null || groups?.includes(MASTERS) !== true) return pass;
    // Root, principals that are gone and the creator are told by rules of their own.
    if (who?.kind === 'root' || isDead(wayIn, estate) || creates(wayIn)) return pass;
    return isBreakGlass(config, principal) ? pass : fail({ principal });
  },
  severity: () => 'medium',
  message: ({ principal }, { cluster: { cluster } }) =>
    `aws-auth of ${cluster.name} puts ${principal} into ${MASTERS}.`,
  identity: () => [],
});
