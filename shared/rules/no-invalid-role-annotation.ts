import type { ClusterView } from '../estate/estate.ts';
import { slipWords } from '../identity/account-side.ts';
import { type Annotated, annotatedIn, associationsIn } from '../identity/annotated.ts';
import { ownWebIdentity } from '../identity/own-web-identity.ts';
import { type RoleAnnotation, roleAnnotation } from '../identity/role-annotation.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { annotationRepair, declaredAnnotation } from './doors/declared-annotation.ts';
import { podsAtWork, podsWords, severityByPods } from './doors/pods-at-work.ts';
import { estateExample, role } from './examples/estate.ts';
import { clusterWith, serviceAccount } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { IRSA_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** An annotation on a ServiceAccount, or on the pods of one that has none itself. */
interface Subject extends Pick<Annotated, 'cluster' | 'namespace' | 'serviceAccount' | 'annotation'> {
  readonly on: 'ServiceAccount' | 'pod';
}

/** Annotations that were meant to give a role, and give none. */
export default defineRule({
  number: 'PT-201',
  name: 'no-invalid-role-annotation',
  kind: 'broken',
  fix: 'guarded',
  title: 'An annotation that should give a role gives none',
  why: 'The webhook reads eks.amazonaws.com/role-arn of the ServiceAccount, letter by letter. Under another key, or on the pod, nothing reads it; a value that is no ARN of a role of the partition goes into AWS_ROLE_ARN as it is, and STS refuses it.',
  remedy:
    'Write eks.amazonaws.com/role-arn on the ServiceAccount, with the whole ARN of the role, and restart the pods.',
  references: [IRSA_ROLE],
  examples: () => {
    const session = {
      'eks.amazonaws.com/role-arn': 'arn:aws:sts::111122223333:assumed-role/checkout/session',
    };
    const wrong = serviceAccount({ annotations: session });
    return {
      fails: estateExample(
        'The ARN of a session instead of the role',
        { clusters: [clusterWith({ serviceAccounts: [wrong], pods: [] })], roles: [role()] },
        wrong,
      ),
      passes: estateExample(
        'The ARN of the role',
        { clusters: [clusterWith()], roles: [role()] },
        serviceAccount(),
      ),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'kubernetes:pods'],
  subjects: ({ clusters }) =>
    clusters.filter(hasApiServer).flatMap((view) => [...onAccounts(view), ...onPods(view)]),
  where: (subject) => serviceAccountWhere(subject),
  check: ({ on, annotation, ...place }) => {
    if (annotation.kind === 'none') return pass;
    if (annotation.kind === 'role' && on === 'ServiceAccount') return pass;
    const missing = place.cluster.missing('podIdentityAssociations');
    if (missing !== null) return unknown(missing);
    const { key, value, meant } =
      annotation.kind === 'role' ? { ...ON_POD, value: annotation.arn, meant: annotation.arn } : annotation;
    return fail({ on, key, value, ...(meant === null ? {} : { meant }), pods: podsAtWork(place) });
  },
  severity: ({ pods }) => severityByPods(pods),
  message: ({ pods }, { on, namespace, serviceAccount: name, annotation }) =>
    `${namespace}/${name}: ${problemOf(on, annotation)}${podsWords(pods)}`,
  identity: ({ on, key, value }) => [on, key, value],
  repair: ({ meant }, subject) => annotationRepair(subject, meant ?? null),
  plan: (_, subject, scope) => declaredAnnotation(subject, scope),
});

const ON_POD = { key: 'eks.amazonaws.com/role-arn' } as const;

function problemOf(on: Subject['on'], annotation: RoleAnnotation): string {
  if (annotation.kind === 'invalid' || annotation.kind === 'misspelt') {
    return on === 'pod'
      ? `On its pods, where nothing reads it: ${slipWords(annotation)}`
      : slipWords(annotation);
  }
  const arn = annotation.kind === 'role' ? annotation.arn : '';
  return `its pods are annotated with ${arn}, and the webhook reads the annotation of the ServiceAccount alone.`;
}

/** With an association the annotation has no part in it, and its mistakes do no harm. */
function onAccounts(view: ClusterView): Subject[] {
  return annotatedIn(view)
    .filter(({ association }) => association === null)
    .map((annotated) => ({ ...annotated, on: 'ServiceAccount' }));
}

/** Annotated pods of ServiceAccounts that get nothing else; one for each annotation. */
function onPods(cluster: ClusterView): Subject[] {
  const bound = new Set(
    annotatedIn(cluster).map(({ namespace, serviceAccount: name }) => `${namespace}/${name}`),
  );
  const found = new Map<string, Subject>();
  for (const pod of cluster.kubernetes.data.pods ?? []) {
    const { namespace, serviceAccount: name, annotations } = pod;
    if (annotations === undefined) continue;
    const place = `${namespace}/${name}`;
    if (bound.has(place) || associationsIn(cluster).has(place) || ownWebIdentity(pod) !== null) continue;
    const annotation = roleAnnotation(annotations, cluster.account.partition);
    if (annotation.kind === 'none') continue;
    const key = JSON.stringify([place, annotation]);
    found.set(key, { cluster, namespace, serviceAccount: name, annotation, on: 'pod' });
  }
  return [...found.values()];
}
