import type { Binding } from '../config/config.ts';
import type { ClusterView, Estate, Missing, RoleView } from '../estate/estate.ts';
import { subjectOf } from '../identity/service-account.ts';
import { draftMissingBinding, type MissingBinding } from '../plans/drafts/missing-binding.ts';
import { defineRule } from './define-rule.ts';
import { judgeAssociation } from './doors/association-failure.ts';
import { admits, webDoors } from './doors/web-door.ts';
import { CLUSTER_ARN, irsaStatement, ROLE_ARN, roleExample, trustPolicy } from './examples/estate.ts';
import { clustersOf } from './intent.ts';
import { clusterWhere } from './places.ts';
import { IRSA_ROLE, POD_IDENTITY_ASSOCIATION } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Declared bindings that are not effective: neither the trust policy nor an association lets the ServiceAccount in. */
export default defineRule({
  number: 'PT-510',
  name: 'no-missing-binding',
  kind: 'broken',
  fix: 'guarded',
  title: 'A declared binding is not effective',
  why: 'The configuration says that this ServiceAccount is meant to have the role, and it does not get it.',
  remedy:
    'Let the ServiceAccount in by the trust policy, or create its association; `podtrust explain` shows the first failing step.',
  references: [IRSA_ROLE, POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const trust = trustPolicy(irsaStatement());
    const declare = (serviceAccount: string) => ({
      bindings: [{ cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount, role: ROLE_ARN }],
    });
    return {
      fails: {
        ...roleExample('shop/cart is declared, and the role trusts shop/checkout', trust),
        config: declare('cart'),
      },
      passes: { ...roleExample('shop/checkout is declared', trust), config: declare('checkout') },
    };
  },
  needs: ['clusters'],
  subjects: declaredIn,
  where: ({ binding: { namespace, serviceAccount, role }, cluster }) => ({
    ...clusterWhere(cluster),
    namespace,
    serviceAccount,
    role,
  }),
  check: ({ binding, cluster, role }, { estate }) => {
    const answers = [byAssociation(binding, cluster, estate), byTrust(binding, cluster, role, estate)];
    if (answers.includes('yes')) return pass;
    const open = answers.find((answer) => typeof answer === 'object');
    return typeof open === 'object' ? unknown(open) : fail({ role: binding.role });
  },
  severity: () => 'high',
  message: ({ role }, { binding: { namespace, serviceAccount }, cluster }) =>
    `${namespace}/${serviceAccount} of ${cluster.cluster.name} is declared to have ${role} and does not get it.`,
  identity: () => [],
  repair: (_, { binding: { namespace, serviceAccount, role }, cluster }) => ({
    text: `Let ${namespace}/${serviceAccount} of ${cluster.cluster.name} into ${role} by its trust policy or an association, or take the binding out of podtrust.config.json.`,
  }),
  plan: (_, missing, { estate, config }) => draftMissingBinding(missing, estate, config),
});

function declaredIn({ config, clusters, estate }: Scope): MissingBinding[] {
  return (config.bindings ?? []).flatMap((binding) =>
    clustersOf(binding, clusters, estate).map((cluster) => ({
      binding,
      cluster,
      role: estate.roleByArn.get(binding.role),
    })),
  );
}

type Answer = 'yes' | 'no' | Missing;

function byAssociation(binding: Binding, cluster: ClusterView, estate: Estate): Answer {
  const association = cluster.cluster.podIdentityAssociations?.find(
    ({ namespace, serviceAccount }) =>
      namespace === binding.namespace && serviceAccount === binding.serviceAccount,
  );
  if (association === undefined) return cluster.missing('podIdentityAssociations') ?? 'no';
  if (association.roleArn !== undefined && association.roleArn !== binding.role) return 'no';
  const { failure, undecided } = judgeAssociation({ association, cluster }, estate);
  if (failure !== null) return 'no';
  return undecided[0] ?? 'yes';
}

function byTrust(binding: Binding, cluster: ClusterView, role: RoleView | undefined, estate: Estate): Answer {
  if (role === undefined) {
    const account = estate.accounts.get(binding.role.split(':')[4] ?? '');
    const unread = {
      read: 'iam:GetAccountAuthorizationDetails',
      reason: `the account of ${binding.role} was not read`,
    };
    return account === undefined ? unread : (account.missing('roles') ?? 'no');
  }
  const door = webDoors(role, estate).find((one) => one.cluster === cluster);
  if (door === undefined) return cluster.missing('issuer') ?? 'no';
  const outcome = admits(door, subjectOf(binding.namespace, binding.serviceAccount));
  if (outcome === 'denied') return 'no';
  if (door.provider === null) return door.providerMissing ?? 'no';
  const reason = 'a condition of the trust policy depends on the request';
  return outcome === 'allowed' ? 'yes' : { read: 'cloudtrail:LookupEvents', reason };
}
