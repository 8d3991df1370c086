import { defineRule } from './define-rule.ts';
import { association, cluster, estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { EKS_QUOTAS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Associations per cluster, not adjustable (Amazon EKS user guide, service quotas). */
const QUOTA = 5000;
const SHARE = 0.8;

/** Clusters that soon take no more associations. */
export default defineRule({
  number: 'PT-315',
  name: 'no-association-quota-pressure',
  kind: 'rot',
  fix: 'manual',
  title: 'The cluster runs out of Pod Identity associations',
  why: `A cluster takes ${QUOTA} associations, one for each ServiceAccount, and the limit cannot be raised.`,
  remedy: 'Delete the associations of ServiceAccounts that are gone, or move workloads to another cluster.',
  references: [EKS_QUOTAS],
  examples: () => {
    const many = Array.from({ length: QUOTA * SHARE }, (_, index) =>
      association({ id: `a-${index}`, serviceAccount: `worker-${index}` }),
    );
    return {
      fails: estateExample(
        '4,000 associations',
        { clusters: [cluster({ podIdentityAssociations: many })] },
        { associations: 4000 },
      ),
      passes: estateExample(
        'One association',
        { clusters: [cluster({ podIdentityAssociations: [association()] })] },
        { associations: 1 },
      ),
    };
  },
  needs: ['clusters'],
  subjects: ({ clusters }) => clusters,
  where: clusterWhere,
  check: (view) => {
    const associations = view.cluster.podIdentityAssociations?.length ?? 0;
    if (associations >= QUOTA * SHARE) return fail({ associations, quota: QUOTA });
    const missing = view.missing('podIdentityAssociations');
    return missing === null ? pass : unknown(missing);
  },
  severity: ({ associations }) => (associations >= QUOTA ? 'medium' : 'low'),
  message: ({ associations, quota }, { cluster: { name } }) =>
    `Cluster ${name} has ${associations} of ${quota} Pod Identity associations.`,
  identity: () => [],
});
