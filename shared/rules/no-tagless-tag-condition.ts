import { associationRule } from './association-rule.ts';
import { association, cluster, podIdentityStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { POD_IDENTITY_ASSOCIATION, POD_IDENTITY_TAGS } from './references.ts';

/** Associations without session tags whose role asks for them. */
export default associationRule({
  number: 'PT-304',
  name: 'no-tagless-tag-condition',
  fix: 'guarded',
  title: 'Session tags are off, and the role asks for them',
  why: 'With disableSessionTags, or a session policy, EKS passes no tags: conditions on aws:RequestTag/kubernetes-… in the trust policy, and on aws:PrincipalTag/kubernetes-… in the permissions, never hold.',
  remedy: 'Switch session tags on again, or ask for the cluster by aws:SourceArn.',
  references: [POD_IDENTITY_TAGS, POD_IDENTITY_ASSOCIATION],
  examples: () => ({
    fails: roleExample('The trust policy asks for the namespace', trustPolicy(podIdentityStatement()), {
      clusters: [cluster({ podIdentityAssociations: [association({ disableSessionTags: true })] })],
    }),
    passes: roleExample(
      'The trust policy names cluster, namespace and ServiceAccount',
      trustPolicy(podIdentityStatement()),
      {
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      },
    ),
  }),
});
