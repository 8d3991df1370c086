import { diagnosedRule } from './diagnosed.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_ROLE } from './references.ts';

/** Audiences that no accepted token carries. */
export default diagnosedRule({
  number: 'PT-107',
  name: 'no-wrong-audience',
  fix: 'guarded',
  severity: 'medium',
  title: 'The audience is none that the tokens carry',
  why: 'Tokens of ServiceAccounts carry the audience sts.amazonaws.com, in every region and partition, unless an annotation says otherwise. A condition on another value is never met.',
  remedy: 'Ask for sts.amazonaws.com.',
  references: [IRSA_ROLE],
  examples: () => ({
    fails: roleExample(
      'The name of a regional endpoint',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: {
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout',
              [`${ISSUER}:aud`]: 'sts.eu-west-1.amazonaws.com',
            },
          },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
