import { diagnosedRule } from './diagnosed.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_ROLE, POD_IDENTITY_ROLE } from './references.ts';

/** Principals without the action by which they come in. */
export default diagnosedRule({
  number: 'PT-108',
  name: 'no-wrong-assume-action',
  fix: 'guarded',
  severity: 'medium',
  title: 'The statement allows the wrong action',
  why: 'A web identity comes in by sts:AssumeRoleWithWebIdentity and Pod Identity by sts:AssumeRole with sts:TagSession. A statement that pairs a principal with the action of the other admits nobody.',
  remedy: 'Allow the action that the principal uses.',
  references: [IRSA_ROLE, POD_IDENTITY_ROLE],
  examples: () => ({
    fails: roleExample(
      'sts:AssumeRole for a web identity',
      trustPolicy(irsaStatement({ Action: 'sts:AssumeRole' })),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
