/** What a running container got of what its ServiceAccount should give it. */
import type { Container, PodGroup } from '../../estate/kubernetes-schema.ts';
import type { Binding } from './binding.ts';
import { isAgentUri, isPassedOver, pairOf, skippedContainers, tokenFile } from './inject.ts';

/**
 * - `given`: what the webhook gives for the binding, or the same written in the pod's own specification.
 * - `missing`: none of it, and nothing in its place.
 * - `half`: one of the two variables is in the specification, be it empty, so that the webhook added neither.
 * - `other-role`: the webhook's variables, for another role than the one annotated now.
 * - `other-mechanism`: the webhook's variables of the other mechanism.
 * - `own`: variables of the specification that lead elsewhere, or that cannot be read: meant so.
 * - `skipped`: the pod asks the webhook to leave the container, or the pod as a whole, alone.
 */
export type Received =
  | { readonly kind: 'given' | 'missing' | 'own' | 'skipped' }
  | { readonly kind: 'half'; readonly has: string; readonly lacks: string }
  | { readonly kind: 'other-role'; readonly roleArn: string }
  | { readonly kind: 'other-mechanism'; readonly mechanism: Binding['mechanism']; readonly roleArn?: string };

/** A pod, as far as it decides what its containers received. */
export type ReceivingPod = Pick<PodGroup, 'annotations' | 'labels' | 'os' | 'containers'>;

/** What a container received of a binding. */
export function received(container: Container, pod: ReceivingPod, binding: Binding): Received {
  if (isPassedOver(pod) || skippedContainers(pod).has(container.name)) return { kind: 'skipped' };
  const [first, second] = pairOf(binding.mechanism);
  const [one, other] = [variable(container, first), variable(container, second)];
  if (one !== undefined && other !== undefined) return complete(one.value, other.value, binding);
  const holdsOff = [first, second].find((name) => container.env.some((entry) => entry.name === name));
  if (holdsOff === undefined) return otherMechanism(container, binding);
  const lacks = holdsOff === first ? second : first;
  return mayHold(container) ? { kind: 'own' } : { kind: 'half', has: holdsOff, lacks };
}

function complete(first: string | undefined, file: string | undefined, binding: Binding): Received {
  if (first === undefined || file === undefined) return { kind: 'own' };
  const webhooks = isWebhooks(file, binding.mechanism);
  if (binding.mechanism === 'pod-identity') {
    return { kind: webhooks && isAgentUri(first) ? 'given' : 'own' };
  }
  if (first === binding.roleArn) return { kind: 'given' };
  return webhooks ? { kind: 'other-role', roleArn: first } : { kind: 'own' };
}

function otherMechanism(container: Container, { mechanism }: Binding): Received {
  const other = mechanism === 'irsa' ? 'pod-identity' : 'irsa';
  const [first, second] = pairOf(other);
  const [one, file] = [variable(container, first), variable(container, second)];
  if (one === undefined || file?.value === undefined || !isWebhooks(file.value, other))
    return { kind: 'missing' };
  const role = other === 'irsa' && one.value !== undefined ? { roleArn: one.value } : {};
  return { kind: 'other-mechanism', mechanism: other, ...role };
}

/** Windows pods without a node selector get the path of Linux, which Windows takes as well. */
function isWebhooks(file: string, mechanism: Binding['mechanism']): boolean {
  return file === tokenFile(mechanism, false) || file === tokenFile(mechanism, true);
}

/** A variable that is set to something; one with an empty text counts as absent in every SDK. */
function variable(container: Container, name: string): Container['env'][number] | undefined {
  return container.env.find((one) => one.name === name && one.value !== '');
}

/** True when the other half may come from variables or files whose content is not read. */
function mayHold(container: Container): boolean {
  const files = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];
  return (
    (container.envFrom?.length ?? 0) > 0 || files.some((name) => variable(container, name) !== undefined)
  );
}
