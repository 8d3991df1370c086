import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-ghost-association.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const given = (
  parts: Parameters<typeof clusterWith>[0],
  changes: Partial<ReturnType<typeof association>> = {},
  more: Parameters<typeof clusterWith>[1] = {},
) =>
  estateOf({
    clusters: [clusterWith(parts, { podIdentityAssociations: [{ ...association(), ...changes }], ...more })],
  });
const named = (namespace: string, name: string) => ({
  serviceAccounts: [serviceAccount({ namespace, name })],
});

ruleCases(rule, [
  { when: 'its ServiceAccount exists', estate: given({}), is: 'pass' },
  { when: 'it was deleted', estate: given({ serviceAccounts: [] }), is: 'fail', severity: 'low' },
  {
    when: 'its namespace was deleted',
    estate: given({ serviceAccounts: [], namespaces: ['default'] }),
    is: 'fail',
    says: /Namespace shop does not exist/,
  },
  {
    when: 'namespaces were not read',
    estate: given({ serviceAccounts: [], namespaces: undefined }),
    is: 'fail',
    says: /ServiceAccount shop\/checkout/,
  },
  {
    when: 'the name is misspelt',
    estate: given(named('shop', 'chekout')),
    is: 'fail',
    says: /There is shop\/chekout/,
  },
  {
    when: 'the namespace is another',
    estate: given(named('store', 'checkout')),
    is: 'fail',
    says: /There is store\/checkout/,
  },
  {
    when: 'the two are swapped',
    estate: given(named('checkout', 'shop')),
    is: 'fail',
    says: /There is checkout\/shop/,
  },
  {
    when: 'every namespace has a default, which says nothing',
    estate: given(
      { serviceAccounts: [{ namespace: 'store', name: 'default' }] },
      { serviceAccount: 'default' },
    ),
    is: 'fail',
    says: /cluster shop\.$/,
  },
  {
    when: 'an add-on made it for a part that is switched off',
    estate: given(
      { serviceAccounts: [] },
      { ownerArn: 'arn:aws:eks:eu-west-1:111122223333:addon/shop/adot/1' },
    ),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'the cluster is being deleted',
    estate: given({ serviceAccounts: [] }, {}, { status: 'DELETING' }),
    is: 'not applicable',
  },
  { when: 'no associations', estate: estateOf({ clusters: [clusterWith()] }), is: 'not applicable' },
  {
    when: 'Kubernetes was not read',
    estate: estateOf({ clusters: [cluster({ podIdentityAssociations: [association()] })] }),
    is: 'unknown',
  },
]);
