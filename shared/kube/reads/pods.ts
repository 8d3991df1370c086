import { hash } from 'node:crypto';
import type { V1Container, V1ObjectMeta, V1Pod, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { Container, NodeGroup, PodGroup } from '../../estate/kubernetes-schema.ts';
import { identityAnnotations } from '../../kubernetes/identity-annotations.ts';
import type { Plain } from '../plain-list.ts';
import { identityEnvironment } from './identity-environment.ts';
import { isoTime } from './iso-time.ts';
import { osOf } from './nodes.ts';

/** Puts pods that are the same to identity together, page by page, so that none is kept. */
export interface PodGroups {
  readonly add: (pods: Iterable<Plain<V1Pod>>) => void;
  /** Forgets what was added: the list is read anew. */
  readonly clear: () => void;
  /** The groups, and whether there were more than are kept. */
  readonly result: () => { readonly groups: PodGroup[]; readonly cut: boolean };
}

/** More groups than any cluster has, unless somebody makes them up. */
const MOST_GROUPS = 50_000;
const NAMED = 3;
const MOST_NODES = 64;

type Growing = { -readonly [K in keyof PodGroup]: PodGroup[K] };

/** `groupOf`: the group of a node by its name. */
export function podGroups(groupOf: (node: string) => NodeGroup | undefined): PodGroups {
  const once = sharing();
  const compact = <T extends Pick<PodGroup, 'containers' | 'tokens'>>(form: T): T => ({
    ...form,
    containers: once(form.containers),
    ...(form.tokens === undefined ? {} : { tokens: once(form.tokens) }),
  });
  let groups = new Map<string, Growing>();
  let cut = false;
  const addOne = (pod: Plain<V1Pod>) => {
    const form = formOf(pod, groupOf);
    if (form === null) return;
    const { node, created, name, ...rest } = form;
    const key = hash('sha256', JSON.stringify(rest), 'base64');
    const known = groups.get(key);
    if (known === undefined) {
      if (groups.size >= MOST_GROUPS) cut = true;
      else {
        groups.set(key, {
          ...compact(rest),
          count: 1,
          names: [name],
          oldest: created,
          newest: created,
          ...(node === undefined ? {} : { nodes: [node] }),
        });
      }
      return;
    }
    known.count += 1;
    if (known.names.length < NAMED) known.names.push(name);
    if (created < known.oldest) known.oldest = created;
    if (created > known.newest) known.newest = created;
    if (node !== undefined) {
      known.nodes ??= [];
      if (!known.nodes.includes(node) && known.nodes.length < MOST_NODES) known.nodes.push(node);
    }
  };
  return {
    add: (pods) => {
      for (const pod of pods) addOne(pod);
    },
    clear: () => {
      groups = new Map();
      cut = false;
    },
    result: () => ({ groups: [...groups.values()], cut }),
  };
}

/** Hands out the first of equal values: ten thousand groups have a few hundred forms of containers. */
function sharing(): <T extends object>(value: T) => T {
  const known = new Map<string, object>();
  return <T extends object>(value: T): T => {
    const key = hash('sha256', JSON.stringify(value), 'base64');
    // Values of one text have one type.
    const first = known.get(key) as T | undefined;
    if (first === undefined) known.set(key, value);
    return first ?? value;
  };
}

interface Form extends Omit<PodGroup, 'count' | 'names' | 'oldest' | 'newest' | 'nodes'> {
  readonly name: string;
  readonly created: string;
  readonly node?: string;
}

/** What of a pod identity depends on; null for one that has finished, or is none. */
function formOf(pod: Plain<V1Pod>, groupOf: (node: string) => NodeGroup | undefined): Form | null {
  const { metadata, spec, status } = pod;
  const { namespace, name } = metadata ?? {};
  const phase = status?.phase;
  if (namespace === undefined || name === undefined || spec === undefined) return null;
  if (phase === 'Succeeded' || phase === 'Failed') return null;
  const node = spec.nodeName === undefined ? undefined : groupOf(spec.nodeName);
  const annotations = identityAnnotations(metadata?.annotations);
  const labels = identityAnnotations(metadata?.labels);
  const tokens = (spec.volumes ?? []).flatMap(tokensOf).slice(0, 16);
  const volumes = new Set(tokens.map(({ volume }) => volume));
  return {
    name,
    created: isoTime(metadata?.creationTimestamp) ?? new Date(0).toISOString(),
    ...(node === undefined ? {} : { node: node.id }),
    namespace,
    serviceAccount: spec.serviceAccountName ?? 'default',
    workload: workloadOf(metadata ?? {}),
    phase: phase === 'Running' ? 'Running' : 'Pending',
    compute:
      labels?.['eks.amazonaws.com/fargate-profile'] === undefined ? (node?.compute ?? 'unknown') : 'fargate',
    os: osOf(spec.os?.name ?? spec.nodeSelector?.['kubernetes.io/os'] ?? node?.os),
    ...(spec.hostNetwork === true ? { hostNetwork: true } : {}),
    ...(metadata?.annotations?.['kubernetes.io/config.mirror'] === undefined ? {} : { static: true }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(labels === undefined ? {} : { labels }),
    containers: containersOf(spec, volumes),
    ...(tokens.length === 0 ? {} : { tokens }),
  };
}

function containersOf(spec: Plain<V1PodSpec>, tokens: ReadonlySet<string>): Container[] {
  return [
    ...spec.containers.map((one) => containerOf(one, false, tokens)),
    ...(spec.initContainers ?? []).map((one) => containerOf(one, true, tokens)),
  ].slice(0, 64);
}

function containerOf(container: Plain<V1Container>, init: boolean, tokens: ReadonlySet<string>): Container {
  const mounts = (container.volumeMounts ?? [])
    .filter(({ name, mountPath }) => tokens.has(name) || /\/\.aws(?:\/|$)/.test(mountPath))
    .map(({ mountPath }) => mountPath)
    .filter((path) => path.length <= 2048)
    .slice(0, 64);
  return {
    name: container.name,
    ...(init ? { init: true } : {}),
    ...identityEnvironment(container),
    ...(mounts.length === 0 ? {} : { mounts }),
  };
}

/** Projected tokens with an audience of their own; the one for the API server itself is in every pod. */
function tokensOf({ name, projected }: Plain<V1Volume>): NonNullable<PodGroup['tokens']> {
  return (projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) => {
    if (token?.audience === undefined) return [];
    return [
      {
        volume: name,
        audience: token.audience.slice(0, 2048),
        path: token.path.slice(0, 2048),
        ...(token.expirationSeconds === undefined ? {} : { expirationSeconds: token.expirationSeconds }),
      },
    ];
  });
}

/** Labels of the hash that a controller puts at the end of its ReplicaSets' names. */
const HASHES: readonly (readonly [label: string, kind: string, apiVersion: string])[] = [
  ['rollouts-pod-template-hash', 'Rollout', 'argoproj.io/v1alpha1'],
  ['pod-template-hash', 'Deployment', 'apps/v1'],
];

/**
 * The controller at the top, as far as a pod tells: a ReplicaSet's name ends in the hash of its Deployment's template,
 * the name of a CronJob's Job in the minute of its schedule (Kubernetes, Deployments; CronJob).
 */
function workloadOf({
  name = '',
  generateName,
  ownerReferences,
  labels = {},
}: Plain<V1ObjectMeta>): PodGroup['workload'] {
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) {
    const stem = generateName?.replace(/[-.]+$/, '');
    return { kind: 'Pod', name: stem === undefined || stem === '' ? name : stem };
  }
  if (owner.kind === 'ReplicaSet') {
    for (const [label, kind, apiVersion] of HASHES) {
      const ending = `-${labels[label] ?? ''}`;
      if (ending !== '-' && owner.name.endsWith(ending))
        return { kind, name: owner.name.slice(0, -ending.length), apiVersion };
    }
  }
  if (owner.kind === 'Job') {
    const cron = /^(.+)-\d{8,10}$/.exec(owner.name)?.[1];
    if (cron !== undefined) return { kind: 'CronJob', name: cron, apiVersion: 'batch/v1' };
  }
  return { kind: owner.kind.slice(0, 63), name: owner.name, apiVersion: owner.apiVersion.slice(0, 317) };
}
