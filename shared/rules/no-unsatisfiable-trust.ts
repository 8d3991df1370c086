import { diagnosedRule } from './diagnosed.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { OPERATORS } from './references.ts';

/** Statements that admit nobody, because their conditions or a Deny leave no one. */
export default diagnosedRule({
  number: 'PT-109',
  name: 'no-unsatisfiable-trust',
  fix: 'manual',
  severity: 'medium',
  title: 'The conditions of the trust policy leave nobody',
  why: 'All conditions of a statement must hold at once, and a Deny takes precedence. When one asks for what the request never carries, or they exclude each other, nobody gets in.',
  remedy:
    'Take out the condition that no request meets, give each alternative a statement of its own, or take back the Deny.',
  references: [OPERATORS],
  examples: () => ({
    fails: roleExample(
      'A Deny that covers the Allow',
      trustPolicy(
        irsaStatement(),
        irsaStatement({
          Effect: 'Deny',
          Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
