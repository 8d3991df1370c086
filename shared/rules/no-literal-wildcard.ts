import { diagnosedRule } from './diagnosed.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_ROLE, OPERATORS } from './references.ts';

/** Wildcards that are compared as plain characters. */
export default diagnosedRule({
  number: 'PT-105',
  name: 'no-literal-wildcard',
  fix: 'guarded',
  severity: 'medium',
  title: 'A wildcard stands under an operator that takes it literally',
  why: 'StringEquals compares `*` and `?` as plain characters, so that the value matches no ServiceAccount.',
  remedy:
    'Name the exact subjects in use; StringLike would take the wildcard, and admit every ServiceAccount that fits.',
  references: [OPERATORS, IRSA_ROLE],
  examples: () => ({
    fails: roleExample(
      'StringEquals with a star',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: {
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*',
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            },
          },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
