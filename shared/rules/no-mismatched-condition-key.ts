import { diagnosedRule } from './diagnosed.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_ROLE, OPERATORS } from './references.ts';

/** Conditions on keys that the provider's tokens never have. */
export default diagnosedRule({
  number: 'PT-104',
  name: 'no-mismatched-condition-key',
  fix: 'guarded',
  severity: 'medium',
  title: 'A condition key does not belong to the provider',
  why: "The keys of a token are the provider's issuer without https://, then :sub or :aud. Any other key is missing from the request, and a condition on it is never met.",
  remedy: 'Spell the keys as the issuer of the Federated principal, followed by :sub and :aud.',
  references: [IRSA_ROLE, OPERATORS],
  examples: () => ({
    fails: roleExample(
      'The key carries https://',
      trustPolicy(
        irsaStatement({
          Condition: { StringEquals: { [`https://${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
