/** Whether the pods of a workload received what their ServiceAccount should give them, and why not. */
import type { PodGroup } from '../../estate/kubernetes-schema.ts';
import type { Binding } from '../../kubernetes/injection/binding.ts';
import { type Received, received } from '../../kubernetes/injection/received.ts';
import type { BoundWorkload } from './workloads.ts';

/** Pods of one form that lack what they should have. */
export interface Lack {
  readonly group: PodGroup;
  readonly reason: 'older' | 'passed-by' | 'unclear' | 'half' | 'other-role' | 'other-mechanism';
  /** What is wrong with the containers, one sentence without a full stop. */
  readonly words: string;
  /** The role that the pods use instead, where they have one. */
  readonly instead?: string;
}

export interface InjectionOf {
  readonly given: readonly PodGroup[];
  /** Pods of an association where there is no agent. */
  readonly unsupported: readonly PodGroup[];
  /** Pods that ask the webhook to pass them over. */
  readonly skipped: readonly PodGroup[];
  /** Pods with variables of their own, meant so. */
  readonly own: readonly PodGroup[];
  readonly lacking: readonly Lack[];
}

/** Sorts the pods of a workload by what they received. */
export function injectionOf(workload: BoundWorkload): InjectionOf {
  const given: PodGroup[] = [];
  const skipped: PodGroup[] = [];
  const own: PodGroup[] = [];
  const unsupported: PodGroup[] = [];
  const lacking: Lack[] = [];
  for (const group of workload.groups) {
    if (workload.binding.mechanism === 'pod-identity' && lacksAgent(group)) {
      unsupported.push(group);
      continue;
    }
    const each = group.containers.map((container) => ({
      name: container.name,
      received: received(container, group, workload.binding),
    }));
    const lack = lackOf(each, group, workload);
    if (lack !== null) lacking.push(lack);
    else if (each.some(({ received: { kind } }) => kind === 'given')) given.push(group);
    else if (each.some(({ received: { kind } }) => kind === 'own')) own.push(group);
    else skipped.push(group);
  }
  return { given, unsupported, skipped, own, lacking };
}

/** True for pods that run where no Pod Identity agent can (EKS user guide, EKS Pod Identity restrictions). */
export function lacksAgent({ compute, os }: Pick<PodGroup, 'compute' | 'os'>): boolean {
  return compute === 'fargate' || os === 'windows';
}

interface Each {
  readonly name: string;
  readonly received: Received;
}

/**
 * A container without variables beside one that has them was added by another webhook later (Istio, Linkerd): no lack.
 * What the specification itself gets in the way of is one for each container.
 */
function lackOf(each: readonly Each[], group: PodGroup, workload: BoundWorkload): Lack | null {
  for (const { name, received: one } of each) {
    if (one.kind !== 'half') continue;
    const words = `container ${name} sets ${one.has} itself and not ${one.lacks}, so that the webhook adds neither`;
    return { group, reason: 'half', words };
  }
  const kinds = new Set(each.map(({ received: { kind } }) => kind));
  if (kinds.has('given')) return null;
  for (const { received: one } of each) {
    if (one.kind === 'other-role') {
      const words = `they ask for ${one.roleArn}, which the ServiceAccount was annotated with when they started`;
      return { group, reason: 'other-role', words, instead: one.roleArn };
    }
    if (one.kind === 'other-mechanism') return otherMechanism(one, group, workload.binding);
  }
  if (kinds.has('own') || !kinds.has('missing')) return null;
  return { group, ...whyMissing(group, workload) };
}

function otherMechanism(
  { mechanism, roleArn }: Extract<Received, { kind: 'other-mechanism' }>,
  group: PodGroup,
  binding: Binding,
): Lack {
  const reason = 'other-mechanism';
  if (mechanism === 'pod-identity') {
    const words =
      'they ask the Pod Identity agent, and the association that they were started with is gone: the agent refuses them';
    return { group, reason, words };
  }
  const words = `they still use IRSA${roleArn === undefined ? '' : ` as ${roleArn}`}: they are older than the association`;
  return {
    group,
    reason,
    words,
    ...(roleArn === undefined || binding.mechanism === 'irsa' ? {} : { instead: roleArn }),
  };
}

/** Eventual consistency: a pod that starts within this time of its binding may miss it (EKS API reference). */
const GRACE_MILLISECONDS = 120_000;

function whyMissing({ oldest, newest }: PodGroup, workload: BoundWorkload): Pick<Lack, 'reason' | 'words'> {
  const since = boundSince(workload);
  const what = workload.binding.mechanism === 'irsa' ? 'annotation' : 'association';
  if (since === null)
    return { reason: 'unclear', words: `they lack its variables; how old the ${what} is was not read` };
  const bound = Date.parse(since) + GRACE_MILLISECONDS;
  if (Date.parse(newest) <= bound)
    return { reason: 'older', words: `they started before the ${what} took effect (${since})` };
  const which = Date.parse(oldest) > bound ? 'they' : 'the newer of them';
  return {
    reason: 'passed-by',
    words: `${which} started after the ${what} (${since}), and the webhook did not see them: while it cannot be reached, pods start without it`,
  };
}

/**
 * Since when new pods get their identity: the creation of the association, or the last time annotations were written, else
 * the creation of the ServiceAccount. A changed association needs no other variables.
 */
function boundSince({ cluster, namespace, serviceAccount, association }: BoundWorkload): string | null {
  if (association !== null) return association.created ?? null;
  const account = cluster.kubernetes.serviceAccount(namespace, serviceAccount);
  return account?.annotated ?? account?.created ?? null;
}
