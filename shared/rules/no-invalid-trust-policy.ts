import { diagnosedRule } from './diagnosed.ts';
import { irsaStatement, PROVIDER, roleExample, trustPolicy } from './examples/estate.ts';
import { OPERATORS, PRINCIPAL } from './references.ts';

/** Trust policies that IAM refuses, or reads otherwise than they look. */
export default diagnosedRule({
  number: 'PT-101',
  name: 'no-invalid-trust-policy',
  fix: 'manual',
  severity: 'medium',
  title: 'IAM refuses the trust policy, or reads it otherwise than it looks',
  why: 'A document that IAM refuses was never stored, and what was meant by it does not hold. One that IAM stores and reads in another way (a key twice, a variable under an old version) admits someone else than it says.',
  remedy: 'Mend the document at the place named.',
  references: [PRINCIPAL, OPERATORS],
  examples: () => ({
    fails: roleExample(
      'A statement without an effect',
      trustPolicy({ Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity' }),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
