import {
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  provider,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, podGroup, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-extra-audience.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const extra = { oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })] };
const vault = irsaStatement({
  Condition: {
    StringEquals: { [`${ISSUER}:aud`]: 'vault', [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' },
  },
});
const anyAudience = irsaStatement({
  Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
});
const github = {
  arn: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
  clientIds: ['sts.amazonaws.com', 'other'],
};

ruleCases(rule, [
  {
    when: 'no trust policy names it',
    estate: trusting([irsaStatement()], extra),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'a role asks for no audience, so that it opens that role',
    estate: trusting([anyAudience], extra),
    is: 'fail',
    severity: 'medium',
  },
  { when: 'a trust policy names it', estate: trusting([irsaStatement(), vault], extra), is: 'pass' },
  {
    when: 'a ServiceAccount asks for it',
    estate: trusting([irsaStatement()], {
      ...extra,
      clusters: [
        clusterWith({
          serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/audience': 'vault' } })],
        }),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'pods mount tokens for it',
    estate: trusting([irsaStatement()], {
      ...extra,
      clusters: [clusterWith({ pods: [podGroup({ tokens: [{ volume: 'own', audience: 'vault' }] })] })],
    }),
    is: 'pass',
  },
  {
    when: 'ServiceAccounts and pods ask for others',
    estate: trusting([irsaStatement()], { ...extra, clusters: [clusterWith()] }),
    is: 'fail',
  },
  { when: 'the audience of STS alone', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the audiences were not read',
    estate: estateOf({ oidcProviders: [{ arn: PROVIDER }] }),
    is: 'unknown',
  },
  { when: 'the roles were not read', estate: without('roles', estateOf(extra)), is: 'unknown' },
  { when: 'the provider is for GitHub', estate: estateOf({ oidcProviders: [github] }), is: 'not applicable' },
]);
