import type { AssociationView } from '../estate/estate.ts';
import { globMatcher } from '../iam/glob.ts';
import { computeStep } from '../identity/pod-identity-runtime.ts';
import { defineRule } from './define-rule.ts';
import {
  association,
  cluster,
  estateExample,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { associationWhere } from './places.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown, type Verdict } from './verdict.ts';

/** Associations whose pods run on Fargate or Windows; where none is seen, those whose namespace a Fargate profile takes whole. */
export default defineRule({
  number: 'PT-310',
  name: 'no-unsupported-compute',
  kind: 'broken',
  fix: 'manual',
  title: 'The pods of an association run where there is no Pod Identity agent',
  why: 'Pods on Fargate have no node of their own account and no agent, and on Windows there is none. An association for them is accepted, and gives them nothing.',
  remedy:
    'Use IAM roles for service accounts (IRSA) for pods on Fargate or Windows, or run them on Linux nodes of EC2.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const roles = [role({ trustPolicy: trustPolicy(podIdentityStatement()) })];
    const withProfile = (namespace: string) => {
      const profile = { name: 'serverless', selectors: [{ namespace }] };
      return {
        show: profile,
        parts: {
          roles,
          clusters: [cluster({ podIdentityAssociations: [association()], fargateProfiles: [profile] })],
        },
      };
    };
    const own = withProfile(association().namespace);
    const other = withProfile('batch');
    return {
      fails: estateExample('A profile takes the whole namespace', own.parts, own.show),
      passes: estateExample('The profile is for another namespace', other.parts, other.show),
    };
  },
  needs: ['associations'],
  subjects: ({ associations }) =>
    associations.filter(
      (subject) =>
        podsOf(subject).length > 0 ||
        subject.cluster.cluster.fargateProfiles?.length !== 0 ||
        subject.cluster.missing('fargateProfiles') !== null,
    ),
  where: associationWhere,
  check: (subject): Verdict<{ readonly detail: string }> => {
    const { cluster, association: one } = subject;
    const { status, detail } = computeStep(cluster, one.namespace, one.serviceAccount);
    if (status === 'fail') return fail({ detail });
    if (status === 'pass') return pass;
    const missing = cluster.missing('fargateProfiles');
    if (missing !== null) return unknown(missing);
    return mayBeOnFargate(subject) ? unknown({ read: 'kubernetes:pods', reason: detail }) : pass;
  },
  severity: () => 'high',
  message: ({ detail }, { association: { namespace, serviceAccount } }) =>
    `${namespace}/${serviceAccount}: ${detail}`,
  identity: () => [],
});

const podsOf = ({ cluster, association: { namespace, serviceAccount } }: AssociationView) =>
  cluster.kubernetes.podsOf(namespace, serviceAccount);

/** True when some profile takes pods of the namespace, whatever else it asks of them. */
function mayBeOnFargate({ association: { namespace }, cluster: { cluster } }: AssociationView): boolean {
  return (cluster.fargateProfiles ?? []).some(
    ({ selectors }) =>
      selectors === undefined || selectors.some((selector) => globMatcher(selector.namespace)(namespace)),
  );
}
