import { ACCOUNT, ELSEWHERE, estateOf, ISSUER, provider } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-orphan-provider.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const named = (issuer: string) =>
  provider({ arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`, url: issuer });
const orphan = { oidcProviders: [named(ELSEWHERE)] };

ruleCases(rule, [
  {
    when: 'no cluster of the organization has the issuer',
    estate: estateOf(orphan),
    is: 'fail',
    severity: 'low',
  },
  { when: 'a cluster has it', estate: estateOf(), is: 'pass' },
  {
    when: 'a cluster has the same id under its other host',
    estate: estateOf({
      oidcProviders: [
        named(ISSUER.replace('oidc.eks.eu-west-1.amazonaws.com', 'oidc-eks.eu-west-1.api.aws')),
      ],
    }),
    is: 'pass',
  },
  { when: 'not every account was read', estate: estateOf({ ...orphan, complete: false }), is: 'unknown' },
  { when: 'the regions were not read', estate: without('regions', estateOf(orphan)), is: 'unknown' },
  {
    when: 'a list of clusters was denied',
    estate: estateOf({
      ...orphan,
      coverage: [{ account: ACCOUNT, region: 'eu-west-1', read: 'eks:ListClusters', reason: 'denied' }],
    }),
    is: 'unknown',
  },
  {
    when: 'the provider is for GitHub',
    estate: estateOf({ oidcProviders: [named('token.actions.githubusercontent.com')] }),
    is: 'not applicable',
  },
]);
