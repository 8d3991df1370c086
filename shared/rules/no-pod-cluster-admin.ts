import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { Severity } from '../findings/finding.ts';
import { defineRule } from './define-rule.ts';
import { isDead, isMeantAdmin, openWays, standingOfWay, wayWhere } from './doors/ways-in.ts';
import { webDoors } from './doors/web-door.ts';
import { accessPolicy, entry, readCluster } from './examples/access.ts';
import { estateExample, ROLE_ARN, role } from './examples/estate.ts';
import { ACCESS_POLICIES, BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles of pods that administer a cluster. */
export default defineRule({
  number: 'PT-410',
  name: 'no-pod-cluster-admin',
  kind: 'open',
  fix: 'manual',
  title: 'A role of pods administers a cluster',
  why: 'Pods that become the role sign in to the cluster as its administrator: one hole in one workload, or the right to run a pod with its ServiceAccount, is then the whole cluster.',
  remedy:
    'Give the role a narrower access policy, or a group bound to what the workload needs. Controllers that are meant to administer clusters belong in `access.admins` of the configuration.',
  references: [ACCESS_POLICIES, BEST_PRACTICES],
  examples: () => {
    const parts = (policy: string) => ({
      clusters: [
        readCluster({ accessEntries: [entry({ principalArn: ROLE_ARN, policies: [accessPolicy(policy)] })] }),
      ],
      roles: [role({ created: '2026-01-05T08:00:00Z' })],
    });
    const show = (policy: string) => ({ principalArn: ROLE_ARN, policies: [policy] });
    return {
      fails: estateExample(
        'The role of shop/checkout administers the cluster',
        parts('AmazonEKSClusterAdminPolicy'),
        show('AmazonEKSClusterAdminPolicy'),
      ),
      passes: estateExample('It may look', parts('AmazonEKSViewPolicy'), show('AmazonEKSViewPolicy')),
    };
  },
  needs: ['accessEntries', 'associations', 'kubernetes:awsAuth'],
  weighs: ['kubernetes:roles', 'kubernetes:bindings'],
  subjects: (scope) =>
    openWays(scope, 'access-entry', 'aws-auth').filter(({ way }) => way.purpose === 'people'),
  where: wayWhere,
  check: (wayIn, { estate, config }) => {
    const { way, cluster } = wayIn;
    const standing = standingOfWay(wayIn, estate);
    // aws-auth names roles without their path.
    const role = standing?.kind === 'exists' || standing?.kind === 'elsewhere' ? standing.role : undefined;
    if (role === undefined || isDead(wayIn, estate) || isMeantAdmin(config, role.role.arn)) return pass;
    const pods = podsOf(role, cluster, estate);
    if (pods === null) return pass;
    const { atLeast, missing } = way.rights();
    if (atLeast === 'cluster-admin') return fail({ principal: way.principal ?? '', pods, own: pods === OWN });
    return missing === null ? pass : unknown(missing);
  },
  severity: ({ own }): Severity => (own ? 'critical' : 'high'),
  message: ({ principal, own }, { cluster: { cluster } }) =>
    `${principal} administers ${cluster.name}, and pods of ${own ? 'that cluster' : 'another cluster'} can become it.`,
  identity: () => [],
});

const OWN = 'the same cluster';
const OTHER = 'another cluster';

/** Whose pods can become the role: by a trust policy that names the cluster's issuer, or by an association. */
function podsOf(role: RoleView, cluster: ClusterView, estate: Estate): typeof OWN | typeof OTHER | null {
  const owners = [
    ...webDoors(role, estate).map((door) => door.cluster),
    ...(estate.associationsByRole.get(role.role.arn) ?? []).map((association) => association.cluster),
  ];
  if (owners.length === 0) return null;
  return owners.includes(cluster) ? OWN : OTHER;
}
