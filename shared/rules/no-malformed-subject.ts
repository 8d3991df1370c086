import { diagnosedRule } from './diagnosed.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_ROLE } from './references.ts';

/** Subjects that no token carries. */
export default diagnosedRule({
  number: 'PT-106',
  name: 'no-malformed-subject',
  fix: 'guarded',
  severity: 'medium',
  title: 'No ServiceAccount can have the subject',
  why: 'The subject of a token is `system:serviceaccount:<namespace>:<name>`, with names that Kubernetes accepts. Any other value never matches.',
  remedy: 'Write the subject as `system:serviceaccount:<namespace>:<name>`.',
  references: [IRSA_ROLE],
  examples: () => ({
    fails: roleExample(
      'A slash between namespace and name',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: {
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop/checkout',
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            },
          },
        }),
      ),
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
