import type { Container } from '../../../shared/estate/kubernetes-schema.ts';
import { association, estateOf } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  environment,
  IRSA_VARIABLES,
  POD_IDENTITY_VARIABLES,
  podGroup,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-proxied-credentials.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const PROXY = { HTTP_PROXY: 'http://proxy.example:3128' };
const withVariables = (variables: Record<string, string>, changes: Partial<Container> = {}) =>
  estateOf({
    clusters: [
      clusterWith(
        {
          pods: [podGroup({ containers: [container({ ...POD_IDENTITY_VARIABLES, ...variables }, changes)] })],
        },
        { podIdentityAssociations: [association()] },
      ),
    ],
  });
const IPV6 = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1/credentials' };
const elsewhere: Container['env'] = [{ name: 'NO_PROXY', from: 'config-map' }];
const { pods: _, ...withoutPods } = clusterWith().kubernetes ?? {};

ruleCases(rule, [
  {
    when: 'no exception is written',
    estate: withVariables(PROXY),
    is: 'fail',
    severity: 'medium',
    says: /169\.254\.170\.23/,
  },
  {
    when: 'the exceptions are others',
    estate: withVariables({ ...PROXY, NO_PROXY: '.cluster.local,169.254.169.254' }),
    is: 'fail',
  },
  {
    when: 'the variable is in small letters',
    estate: withVariables({ http_proxy: 'http://proxy.example' }),
    is: 'fail',
  },
  {
    when: 'only the IPv4 address is excepted, and the agent has the IPv6 one',
    estate: withVariables({ ...PROXY, ...IPV6, NO_PROXY: '169.254.170.23' }),
    is: 'fail',
    says: /fd00:ec2::23/,
  },
  {
    when: 'the exceptions are in a ConfigMap',
    estate: withVariables(
      {},
      { env: [...environment({ ...POD_IDENTITY_VARIABLES, ...PROXY }), ...elsewhere] },
    ),
    is: 'unknown',
  },
  {
    when: 'exceptions may be among whole ConfigMaps',
    estate: withVariables(PROXY, { envFrom: ['config-map'] }),
    is: 'unknown',
  },
  {
    when: 'the pods were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: withoutPods }] }),
    is: 'unknown',
  },
  {
    when: 'the address of the agent is excepted',
    estate: withVariables({ ...PROXY, NO_PROXY: 'localhost, 169.254.170.23' }),
    is: 'pass',
  },
  {
    when: 'its IPv6 address is excepted',
    estate: withVariables({ ...PROXY, ...IPV6, NO_PROXY: '[fd00:ec2::23]' }),
    is: 'pass',
  },
  {
    when: 'its range is excepted',
    estate: withVariables({ ...PROXY, no_proxy: '10.0.0.0/8,169.254.0.0/16' }),
    is: 'pass',
  },
  { when: 'everything is excepted', estate: withVariables({ ...PROXY, NO_PROXY: '*' }), is: 'pass' },
  {
    when: 'only HTTPS goes through the proxy',
    estate: withVariables({ HTTPS_PROXY: 'http://proxy.example:3128' }),
    is: 'pass',
  },
  { when: 'the proxy is set to nothing', estate: withVariables({ HTTP_PROXY: '' }), is: 'pass' },
  { when: 'no proxy is set', estate: withVariables({}), is: 'pass' },
  {
    when: 'the pods use IRSA, which has no agent',
    estate: estateOf({
      clusters: [
        clusterWith({ pods: [podGroup({ containers: [container({ ...IRSA_VARIABLES, ...PROXY })] })] }),
      ],
    }),
    is: 'not applicable',
  },
]);
