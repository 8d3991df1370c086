import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-pod-identity-agent.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const agent = (status?: string) => [
  { name: 'eks-pod-identity-agent', ...(status === undefined ? {} : { status }) },
];
const bound = (changes = {}) =>
  estateOf({ clusters: [cluster({ podIdentityAssociations: [association()], ...changes })] });
const { addons: _addons, ...withoutAddons } = cluster({ podIdentityAssociations: [association()] });
const { podIdentityAssociations: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'the add-on failed',
    estate: bound({ addons: agent('CREATE_FAILED') }),
    is: 'fail',
    severity: 'high',
    says: /1 association depends/,
  },
  {
    when: 'two associations, one finding',
    estate: bound({
      addons: agent('DELETING'),
      podIdentityAssociations: [association(), association({ id: 'a-2', serviceAccount: 'cart' })],
    }),
    is: 'fail',
    count: 1,
    says: /2 associations depend/,
  },
  { when: 'the add-on is active', estate: bound({ addons: agent('ACTIVE') }), is: 'pass' },
  { when: 'Auto Mode has the agent built in', estate: bound({ autoMode: true }), is: 'pass' },
  {
    when: 'no add-on: an agent of its own would be a DaemonSet',
    estate: bound(),
    is: 'unknown',
    says: /DaemonSet/,
  },
  { when: 'the add-on is degraded', estate: bound({ addons: agent('DEGRADED') }), is: 'unknown' },
  { when: 'the add-ons were not read', estate: estateOf({ clusters: [withoutAddons] }), is: 'unknown' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'no association', estate: estateOf(), is: 'not applicable' },
  { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
]);
