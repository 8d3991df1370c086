import type { ClusterView } from '../estate/estate.ts';
import type { Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import { absenceWords } from './nearby-accounts.ts';
import {
  audienceAnnotation,
  ROLE_ANNOTATION,
  type RoleAnnotation,
  roleAnnotation,
} from './role-annotation.ts';
import { shellWord } from './shell-word.ts';

/** What Kubernetes shows of a ServiceAccount. */
export type AccountSide =
  | { readonly kind: 'unknown'; readonly step: Step }
  | { readonly kind: 'absent'; readonly step: Step }
  | {
      readonly kind: 'exists';
      readonly step: Step;
      readonly annotation: RoleAnnotation;
      /** True when its pods carry the annotation that it lacks: nothing reads it there. */
      readonly onPods: boolean;
      /** Of the tokens that the webhook mounts for web identities. */
      readonly audience: string;
    };

interface Place {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Looks for a ServiceAccount; absent only where every ServiceAccount of the cluster was read. `rule`: of its absence. */
export function accountSide(
  { cluster, namespace, serviceAccount }: Place,
  rule: string | null = null,
): AccountSide {
  const { kubernetes } = cluster;
  const found = kubernetes.serviceAccount(namespace, serviceAccount);
  if (found !== undefined) {
    const annotates = (annotations: Readonly<Record<string, string>> | undefined) =>
      roleAnnotation(annotations, cluster.account.partition).kind !== 'none';
    return {
      kind: 'exists',
      step: pass('service-account', `ServiceAccount ${namespace}/${serviceAccount} exists.`),
      annotation: roleAnnotation(found.annotations, cluster.account.partition),
      onPods:
        !annotates(found.annotations) &&
        kubernetes.podsOf(namespace, serviceAccount).some(({ annotations }) => annotates(annotations)),
      audience: audienceAnnotation(found.annotations),
    };
  }
  const missing = kubernetes.missing('serviceAccounts');
  if (missing === null) {
    return {
      kind: 'absent',
      step: fail('service-account', absenceWords(cluster, namespace, serviceAccount), rule),
    };
  }
  const detail = kubernetes.read
    ? unread(missing)
    : 'Whether the ServiceAccount exists is known to Kubernetes alone.';
  return { kind: 'unknown', step: unknown('service-account', detail) };
}

/** Whether the ServiceAccount is annotated with the role that its pods should ask for. */
export function annotationStep(side: AccountSide, roleArn: string): Step {
  if (side.kind === 'absent') return leftOut('role-annotation', 'There is no ServiceAccount to annotate.');
  if (side.kind === 'unknown') {
    return unknown(
      'role-annotation',
      `Kubernetes shows whether the ServiceAccount has the annotation ${ROLE_ANNOTATION}: ${roleArn}.`,
    );
  }
  const { annotation, audience, onPods } = side;
  switch (annotation.kind) {
    case 'none':
      return fail(
        'role-annotation',
        withoutAnnotation(onPods),
        onPods ? 'no-invalid-role-annotation' : 'use-role-annotation',
      );
    case 'invalid':
    case 'misspelt':
      return fail('role-annotation', slipWords(annotation), 'no-invalid-role-annotation');
    case 'role':
      if (annotation.arn !== roleArn) {
        return fail(
          'role-annotation',
          `The ServiceAccount is annotated with ${annotation.arn}, not ${roleArn}.`,
        );
      }
      return pass(
        'role-annotation',
        `The ServiceAccount is annotated with ${roleArn}, its tokens are for ${audience}.`,
      );
  }
}

/** What is said of a ServiceAccount without the annotation; `onPods`: its pods carry it instead. */
export function withoutAnnotation(onPods: boolean): string {
  const pods = onPods
    ? 'its pods have one, and the webhook reads that of the ServiceAccount alone'
    : 'its pods ask for no role';
  return `The ServiceAccount has no annotation ${ROLE_ANNOTATION}: ${pods}.`;
}

/** What is wrong with an annotation, one sentence. */
export function slipWords({
  kind,
  key,
  value,
  words,
  meant,
}: Exclude<RoleAnnotation, { kind: 'none' | 'role' }>): string {
  const probably = meant === null ? '' : `; ${meant} was probably meant`;
  return kind === 'misspelt'
    ? `The annotation ${key}: ${value} is read by nothing, ${words}${probably}.`
    : `The annotation ${key}: ${value} names no role: ${words}${probably}.`;
}

/** What to write on the ServiceAccount, as a command. */
export function annotateCommand({ namespace, serviceAccount }: Place, roleArn: string): string {
  return `kubectl -n ${shellWord(namespace)} annotate serviceaccount ${shellWord(serviceAccount)} --overwrite ${ROLE_ANNOTATION}=${shellWord(roleArn)}`;
}
