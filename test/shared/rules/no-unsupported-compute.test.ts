import type { Cluster } from '../../../shared/estate/snapshot.ts';
import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-unsupported-compute.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const { namespace } = association();
const withProfiles = (...fargateProfiles: NonNullable<Cluster['fargateProfiles']>) =>
  estateOf({ clusters: [cluster({ podIdentityAssociations: [association()], fargateProfiles })] });
const { fargateProfiles: _, ...unread } = cluster({ podIdentityAssociations: [association()] });

ruleCases(rule, [
  {
    when: 'a profile takes every pod of the namespace',
    estate: withProfiles({ name: 'all', selectors: [{ namespace }] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a profile takes namespaces by a pattern',
    estate: withProfiles({ name: 'all', selectors: [{ namespace: '*' }] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'labels decide which pods the profile takes',
    estate: withProfiles({ name: 'some', selectors: [{ namespace, labels: { compute: 'fargate' } }] }),
    is: 'unknown',
  },
  { when: 'the selectors of a profile were not read', estate: withProfiles({ name: 'some' }), is: 'unknown' },
  { when: 'the profiles were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  {
    when: 'the profiles are for other namespaces',
    estate: withProfiles({ name: 'other', selectors: [{ namespace: 'batch' }] }),
    is: 'pass',
  },
  { when: 'there is no profile', estate: withProfiles(), is: 'not applicable' },
]);
