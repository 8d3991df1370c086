import type { V1Node } from '@kubernetes/client-node';
import type { NodeGroup } from '../../estate/kubernetes-schema.ts';
import type { Plain } from '../plain-list.ts';

/** What EC2 tells of an instance. */
export interface InstanceFacts {
  /** ARN of the role of its profile. */
  readonly role?: string;
  readonly hopLimit?: number;
  readonly metadata?: NonNullable<NodeGroup['metadata']>;
}

/** What EC2 tells of a cluster's instances, by id, and each read of it that failed. */
export interface InstancesRead {
  readonly facts: ReadonlyMap<string, InstanceFacts>;
  readonly gaps: readonly { readonly read: string; readonly reason: string }[];
}

/** One node, as far as identity depends on it. */
export interface Node {
  readonly name: string;
  readonly compute: NodeGroup['compute'];
  readonly os: NodeGroup['os'];
  readonly nodegroup?: string;
  /** `i-…`, of an EC2 instance. */
  readonly instance?: string;
}

const COMPUTE: Readonly<Record<string, NodeGroup['compute']>> = {
  auto: 'auto',
  ec2: 'ec2',
  fargate: 'fargate',
  hybrid: 'hybrid',
};

/** Reads a node's labels and provider id (EKS user guide: labels of Auto Mode, Fargate, hybrid nodes, HyperPod). */
export function nodeOf({ metadata, spec }: Plain<V1Node>): Node | null {
  if (metadata?.name === undefined) return null;
  const labels = metadata.labels ?? {};
  const provider = spec?.providerID ?? '';
  const instance = /^aws:.*\/(i-[0-9a-f]{8,32})$/.exec(provider)?.[1];
  const nodegroup = labels['eks.amazonaws.com/nodegroup'] ?? labels['karpenter.sh/nodepool'];
  return {
    name: metadata.name,
    compute: computeOf(labels, provider, instance),
    os: osOf(labels['kubernetes.io/os']),
    ...(nodegroup === undefined ? {} : { nodegroup }),
    ...(instance === undefined ? {} : { instance }),
  };
}

function computeOf(
  labels: Readonly<Record<string, string>>,
  provider: string,
  instance: string | undefined,
): NodeGroup['compute'] {
  const named = COMPUTE[labels['eks.amazonaws.com/compute-type'] ?? ''];
  if (named !== undefined) return named;
  if (labels['sagemaker.amazonaws.com/compute-type'] !== undefined) return 'hyperpod';
  if (provider.startsWith('eks-hybrid:')) return 'hybrid';
  if (/\/fargate-/.test(provider)) return 'fargate';
  return instance === undefined ? 'unknown' : 'ec2';
}

export function osOf(name: string | undefined): NodeGroup['os'] {
  return name === 'linux' || name === 'windows' ? name : 'unknown';
}

const NAMED = 3;

/** Nodes that are alike in one group, and which group each node is in. */
export function groupNodes(
  nodes: readonly Node[],
  facts: ReadonlyMap<string, InstanceFacts>,
): { readonly groups: NodeGroup[]; readonly groupOf: ReadonlyMap<string, NodeGroup> } {
  const byForm = new Map<string, { group: NodeGroup; members: string[] }>();
  for (const { name, compute, os, nodegroup, instance } of nodes) {
    const own = instance === undefined ? {} : (facts.get(instance) ?? {});
    const form = { compute, os, ...(nodegroup === undefined ? {} : { nodegroup }), ...own };
    const key = JSON.stringify(Object.entries(form).sort());
    const known = byForm.get(key);
    if (known === undefined)
      byForm.set(key, { group: { id: '', ...form, count: 1, names: [name] }, members: [name] });
    else known.members.push(name);
  }
  const groups: NodeGroup[] = [];
  const groupOf = new Map<string, NodeGroup>();
  for (const [, { group, members }] of [...byForm].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const id = `${(group.nodegroup ?? group.compute).slice(0, 48)}-${groups.length + 1}`;
    const whole = { ...group, id, count: members.length, names: [...members].sort().slice(0, NAMED) };
    groups.push(whole);
    for (const member of members) groupOf.set(member, whole);
  }
  return { groups, groupOf };
}
