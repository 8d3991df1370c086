import { absenceWords, nearbyAccounts } from '../identity/nearby-accounts.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { association, estateExample, podIdentityStatement, role, trustPolicy } from './examples/estate.ts';
import { clusterWith } from './examples/kubernetes.ts';
import { associationWhere } from './places.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Associations of ServiceAccounts that do not exist: left over, misspelt, or made before their ServiceAccount. */
export default defineRule({
  number: 'PT-308',
  name: 'no-ghost-association',
  kind: 'rot',
  fix: 'manual',
  title: 'The ServiceAccount of an association does not exist',
  why: 'EKS does not check the names of an association. Whoever may create the namespace or the ServiceAccount gets its role; and where the name was misspelt, the pods that it was meant for run without.',
  remedy:
    'Delete the association where the workload is gone: `aws eks delete-pod-identity-association`. A misspelt one must be made anew, since namespace and name cannot be changed.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const one = association();
    const roles = [role({ trustPolicy: trustPolicy(podIdentityStatement()) })];
    const addons = [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }];
    const given = (parts: Parameters<typeof clusterWith>[0]) => ({
      clusters: [clusterWith(parts, { addons, podIdentityAssociations: [one] })],
      roles,
    });
    return {
      fails: estateExample('shop/checkout was deleted', given({ serviceAccounts: [], pods: [] }), one),
      passes: estateExample('shop/checkout exists', given({ pods: [] }), one),
    };
  },
  needs: ['associations', 'kubernetes:serviceAccounts'],
  subjects: ({ associations }) => associations.filter(({ cluster }) => hasApiServer(cluster)),
  where: associationWhere,
  check: ({ association: { namespace, serviceAccount, ownerArn }, cluster }) => {
    if (cluster.kubernetes.serviceAccount(namespace, serviceAccount) !== undefined) return pass;
    const missing = cluster.kubernetes.missing('serviceAccounts');
    if (missing !== null) return unknown(missing);
    return fail({
      problem: absenceWords(cluster, namespace, serviceAccount),
      near: nearbyAccounts(cluster, namespace, serviceAccount).map((one) => `${one.namespace}/${one.name}`),
      owner: ownerArn,
    });
  },
  // An add-on makes its associations with or without the part of it that would use them.
  severity: ({ owner }) => (owner === undefined ? 'low' : 'info'),
  message: ({ problem, owner }, { association: { id } }) =>
    `Association ${id}: ${problem}${owner === undefined ? '' : ` It belongs to ${owner}.`}`,
  identity: () => [],
});
