import { associationRule } from './association-rule.ts';
import { association, cluster, podIdentityStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { POD_IDENTITY_ROLE, POD_IDENTITY_TAGS } from './references.ts';

/** Associations whose role refuses the calls that EKS makes for them. */
export default associationRule({
  number: 'PT-303',
  name: 'no-untrusted-association',
  fix: 'guarded',
  title: 'The role does not trust the association',
  why: "EKS assumes the role as pods.eks.amazonaws.com by sts:AssumeRole and sts:TagSession, with the cluster's ARN and the names of namespace and ServiceAccount. The trust policy has to allow both calls; EKS checks it only when the association is created.",
  remedy: 'Let the association in: the repair shows the statement.',
  references: [POD_IDENTITY_ROLE, POD_IDENTITY_TAGS],
  examples: () => ({
    fails: roleExample(
      'sts:TagSession is missing',
      trustPolicy(podIdentityStatement({ Action: 'sts:AssumeRole' })),
      {
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      },
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
