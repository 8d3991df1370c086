import { association, cluster, estateOf, ROLE_ARN, role } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, podGroup, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-invalid-token-expiration.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const KEY = 'eks.amazonaws.com/token-expiration';
const ROLE = { 'eks.amazonaws.com/role-arn': ROLE_ARN };
const on = (value: string, annotations: Record<string, string> = ROLE, more = {}) =>
  estateOf({
    clusters: [
      clusterWith(
        { serviceAccounts: [serviceAccount({ annotations: { ...annotations, [KEY]: value } })] },
        more,
      ),
    ],
    roles: [role()],
  });
const onPods = (value: string) =>
  estateOf({
    clusters: [clusterWith({ pods: [podGroup({ annotations: { [KEY]: value } })] })],
    roles: [role()],
  });

ruleCases(rule, [
  ...['600', '3600', '86400', '+900', '000900'].map((value) => ({
    when: `${value} seconds`,
    estate: on(value),
    is: 'pass' as const,
  })),
  ...(
    [
      ['599', /makes it 600/],
      ['0', /makes it 600/],
      ['-1', /makes it 600/],
      ['86401', /86400 at most/],
      ['999999999999', /86400 at most/],
      ['1h', /no whole number/],
      ['', /no whole number/],
      ['3600.5', /no whole number/],
      [' 3600', /no whole number/],
    ] as const
  ).map(([value, says]) => ({
    when: `"${value}" seconds`,
    estate: on(value),
    is: 'fail' as const,
    severity: 'low' as const,
    says,
  })),
  { when: 'pods ask for too little', estate: onPods('60'), is: 'fail', says: /^Pods of shop\/checkout/ },
  { when: 'pods ask for an hour', estate: onPods('3600'), is: 'pass' },
  {
    when: 'with an association it counts too',
    estate: on('60', {}, { podIdentityAssociations: [association()] }),
    is: 'fail',
  },
  { when: 'without a role no token is mounted', estate: on('60', {}), is: 'not applicable' },
  {
    when: 'nothing is said',
    estate: estateOf({ clusters: [clusterWith()], roles: [role()] }),
    is: 'not applicable',
  },
  { when: 'Kubernetes was not read', estate: estateOf({ clusters: [cluster()] }), is: 'unknown' },
]);
