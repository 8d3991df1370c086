import { annotatedIn, asksForRole } from '../identity/annotated.ts';
import { roleStanding } from '../identity/role-standing.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { annotationRepair, declaredAnnotation } from './doors/declared-annotation.ts';
import { podsAtWork, podsWords, severityByPods } from './doors/pods-at-work.ts';
import { estateExample, role } from './examples/estate.ts';
import { clusterWith, serviceAccount } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { IRSA_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** ServiceAccounts annotated with a role that was deleted, or never was. */
export default defineRule({
  number: 'PT-202',
  name: 'no-missing-annotated-role',
  kind: 'broken',
  fix: 'guarded',
  title: 'The role of the annotation does not exist',
  why: 'The webhook puts whatever the annotation says into AWS_ROLE_ARN, and STS refuses a role that does not exist with the same AccessDenied as one that does not trust the pod.',
  remedy: 'Create the role, or correct the annotation, and restart the pods.',
  references: [IRSA_ROLE],
  examples: () => ({
    fails: estateExample('The role was deleted', { clusters: [clusterWith()] }, serviceAccount()),
    passes: estateExample(
      'The role exists',
      { clusters: [clusterWith()], roles: [role()] },
      serviceAccount(),
    ),
  }),
  needs: ['kubernetes:serviceAccounts'],
  subjects: ({ clusters }) =>
    clusters.filter(hasApiServer).flatMap((view) => annotatedIn(view).filter(asksForRole)),
  where: (annotated) => serviceAccountWhere(annotated, annotated.annotation.arn),
  check: (annotated, { estate }) => {
    const standing = roleStanding(annotated.annotation.arn, estate);
    if (standing.kind === 'exists') return pass;
    if (standing.kind === 'unread') return unknown(standing.missing);
    const missing = annotated.cluster.missing('podIdentityAssociations');
    if (missing !== null) return unknown(missing);
    return fail({ near: standing.near, pods: podsAtWork(annotated) });
  },
  severity: ({ pods }) => severityByPods(pods),
  message: ({ near, pods }, { namespace, serviceAccount: name, annotation }) =>
    `${namespace}/${name} is annotated with ${annotation.arn}, which does not exist.${near}${podsWords(pods)}`,
  consequences: () => ['no-untrusted-service-account'],
  identity: () => [],
  repair: (_, annotated) => ({
    text: `Create ${annotated.annotation.arn}, or correct the annotation. ${annotationRepair(annotated, null).text}`,
  }),
  plan: (_, annotated, scope) => declaredAnnotation(annotated, scope),
});
