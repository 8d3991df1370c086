import { associationRule } from './association-rule.ts';
import {
  association,
  cluster,
  estateExample,
  podIdentityStatement,
  roleExample,
  trustPolicy,
} from './examples/estate.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';

/** Associations with a role, or a target role, that does not exist or is of another account. */
export default associationRule({
  number: 'PT-302',
  name: 'no-missing-association-role',
  fix: 'manual',
  title: 'The role of an association does not exist',
  why: "EKS assumes the association's role for the pods. A role that was deleted, or one of another account, which EKS cannot be passed, gives them nothing.",
  remedy:
    'Create the role, or point the association at the right one: `aws eks update-pod-identity-association`.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => ({
    fails: estateExample(
      'The role was deleted',
      { clusters: [cluster({ podIdentityAssociations: [association()] })] },
      association(),
    ),
    passes: roleExample(
      'The trust policy names cluster, namespace and ServiceAccount',
      trustPolicy(podIdentityStatement()),
      {
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      },
    ),
  }),
});
