import { diagnosedRule } from './diagnosed.ts';
import { ABROAD, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_PROVIDER, PRINCIPAL } from './references.ts';

/** Federated principals that name no provider of the account. */
export default diagnosedRule({
  number: 'PT-102',
  name: 'no-unknown-provider',
  fix: 'guarded',
  severity: 'medium',
  title: 'The trust policy names an OIDC provider that does not exist',
  why: "A Federated principal must be the exact ARN of a provider in the role's own account: account, partition, host, region, id and case. One that does not exist admits nobody.",
  remedy: 'Name the provider that exists, or create the one that is named.',
  references: [PRINCIPAL, IRSA_PROVIDER],
  examples: () => ({
    fails: roleExample(
      'A provider that was never created',
      trustPolicy(
        irsaStatement({
          Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ABROAD}` },
          Condition: { StringEquals: { [`${ABROAD}:sub`]: 'system:serviceaccount:shop:checkout' } },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
