import type { AccountView, ClusterView } from '../estate/estate.ts';
import type { Association } from '../estate/snapshot.ts';
import { declined } from '../plans/draft.ts';
import { draftAssociation } from '../plans/drafts/association.ts';
import { defineRule } from './define-rule.ts';
import { missingOfClusters } from './doors/completeness.ts';
import { type NamedMapping, namedMappings } from './doors/named-mapping.ts';
import { webDoors } from './doors/web-door.ts';
import {
  association,
  cluster,
  podIdentityStatement,
  role,
  roleExample,
  trustPolicy,
} from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles that name a ServiceAccount for Pod Identity which has no association. */
export default defineRule({
  number: 'PT-307',
  name: 'use-pod-identity-association',
  kind: 'broken',
  fix: 'guarded',
  title: 'The association that the role was made for is missing',
  why: 'A role that trusts Pod Identity is reached by an association alone. Without it, the pods of the ServiceAccount that the role names run without credentials, or with those of their node.',
  remedy: 'Create the association: `aws eks create-pod-identity-association`, then restart the pods.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const trust = trustPolicy(podIdentityStatement());
    const other = role({
      arn: 'arn:aws:iam::111122223333:role/other',
      trustPolicy: trustPolicy(podIdentityStatement({ Condition: {} })),
    });
    const near = cluster({
      podIdentityAssociations: [
        association({ namespace: 'shops', roleArn: 'arn:aws:iam::111122223333:role/other' }),
      ],
    });
    return {
      fails: roleExample(
        'The cluster has an association for shops/checkout, and none for shop/checkout',
        trust,
        { clusters: [near], roles: [other] },
      ),
      passes: roleExample('The association exists', trust, {
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      }),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) =>
    roles.filter((role) => webDoors(role, estate).length === 0).flatMap(namedMappings),
  where: ({ role, namespace, serviceAccount }) => ({ ...roleWhere(role), namespace, serviceAccount }),
  check: (mapping) => {
    const { account } = mapping.role;
    const candidates = clustersOf(mapping);
    const used = associationsIn(account.clusters).some(
      ({ association: one }) => one.roleArn === mapping.role.role.arn,
    );
    if (used || associationsIn(candidates).some(({ association: one }) => isFor(one, mapping))) return pass;
    const missing = missingOfClusters(account, 'podIdentityAssociations');
    if (missing) return unknown(missing);
    return fail({
      cluster: mapping.cluster,
      namedBy: mapping.namedBy,
      clusterExists: candidates.length > 0,
      exists: accountExists(mapping, candidates),
      near: nearMisses(mapping),
    });
  },
  // A role that was made before its ServiceAccount, or outlived it, breaks nothing.
  severity: ({ exists }) => (exists === false ? 'low' : 'medium'),
  message: ({ cluster: name, namedBy, clusterExists, exists, near }, { role, namespace, serviceAccount }) =>
    `The ${namedBy} of ${role.name} ${namedBy === 'tags' ? 'name' : 'names'} ${namespace}/${serviceAccount}${name === undefined ? '' : ` of ${name}`}, ${clusterExists ? `which ${exists === false ? 'does not exist and ' : ''}has no association` : 'a cluster that does not exist in the account'}${near.length === 0 ? '' : `; near: ${near.join(', ')}`}.`,
  identity: ({ cluster: name }) => [name ?? ''],
  repair: (_, { role, namespace, serviceAccount, cluster: name }) => ({
    text: `Create the association: aws eks create-pod-identity-association --cluster-name ${name?.split('/').at(-1) ?? 'CLUSTER'} --namespace ${namespace} --service-account ${serviceAccount} --role-arn ${role.role.arn}`,
  }),
  plan: ({ namedBy, exists }, mapping) =>
    exists === false
      ? declined(
          `${mapping.namespace}/${mapping.serviceAccount} does not exist: an association would give the role to whoever creates it.`,
        )
      : draftAssociation(
          mapping,
          mapping.role,
          clustersOf(mapping),
          `the ${namedBy} of ${mapping.role.name}, which whoever may write ${namedBy === 'tags' ? 'them' : 'it'} made name the ServiceAccount`,
        ),
});

function clustersOf({ role, cluster: wanted }: NamedMapping): readonly ClusterView[] {
  const { clusters } = role.account;
  return wanted === undefined
    ? clusters
    : clusters.filter(({ cluster: one }) => one.arn === wanted || one.name === wanted);
}

/** Whether the ServiceAccount is in one of the clusters; undefined where Kubernetes was not read. */
function accountExists(
  { namespace, serviceAccount }: NamedMapping,
  clusters: readonly ClusterView[],
): boolean | undefined {
  const found = clusters.some(
    ({ kubernetes }) => kubernetes.serviceAccount(namespace, serviceAccount) !== undefined,
  );
  if (found) return true;
  const unread = clusters.some(({ kubernetes }) => kubernetes.missing('serviceAccounts') !== null);
  return unread || clusters.length === 0 ? undefined : false;
}

interface Found {
  readonly cluster: ClusterView;
  readonly association: Association;
}

function associationsIn(clusters: AccountView['clusters']): Found[] {
  return clusters.flatMap((view) =>
    (view.cluster.podIdentityAssociations ?? []).map((one) => ({ cluster: view, association: one })),
  );
}

function isFor(one: Association, { namespace, serviceAccount }: NamedMapping): boolean {
  return one.namespace === namespace && one.serviceAccount === serviceAccount;
}

/**
 * Associations that share two of cluster, namespace and name with what is missing. One that leads its own ServiceAccount,
 * which exists, to another role was meant for that.
 */
function nearMisses(mapping: NamedMapping): string[] {
  const here = new Set(clustersOf(mapping));
  return associationsIn(mapping.role.account.clusters)
    .filter(({ cluster: view, association: one }) => {
      if (view.kubernetes.serviceAccount(one.namespace, one.serviceAccount) !== undefined) return false;
      const same = [
        here.has(view),
        one.namespace === mapping.namespace,
        one.serviceAccount === mapping.serviceAccount,
      ].filter(Boolean);
      return same.length === 2;
    })
    .map(
      ({ cluster: view, association: one }) =>
        `${one.namespace}/${one.serviceAccount} of ${view.cluster.name}`,
    )
    .sort()
    .slice(0, 5);
}
