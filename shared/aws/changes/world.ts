import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Patience, World } from '../../changes/applying.ts';
import {
  type Change,
  type ChangeKind,
  type ChangeOf,
  canonicalJson,
  type StateOf,
  sameState,
  targetKey,
} from '../../changes/change.ts';
import { FailedWriteError, RefusedWriteError, StaleWriteError } from '../../changes/write-errors.ts';
import type { ClusterObjects } from '../../kube/changes/objects.ts';
import type { ReachedCluster } from '../../kube/reader.ts';
import { partitionOfRegion } from '../partitions.ts';
import { present } from '../reading.ts';
import { required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { GuidedChangeError, NoKubernetesError, UncertainWriteError, UnsafeTargetError } from './errors.ts';
import { ADAPTERS } from './index.ts';
import { type Grant, grantsOf, operationsOf } from './permissions.ts';
import { heard, type Requests } from './sending.ts';
import { sessionPolicy } from './session-policy.ts';

/** Clients of one account, for the calls of one change. */
export interface Entered {
  readonly eks: (region: string) => EKSClient;
  /** Where the account's partition has its IAM API. */
  readonly iam: () => IAMClient;
}

/** Enters an account with a session that may do what a policy says, or with the caller's own credentials. */
export type Enter = (account: string, policy: string) => Entered;

export interface WorldOptions {
  /** Digest of the plan: with the change, it is what EKS takes for one and the same request. */
  readonly plan: string;
  /** Names this run of the plan, so that one that was rolled back and is applied again asks anew. */
  readonly run?: string;
  readonly enter: Enter;
  /** SHA-256 in hex. */
  readonly hash: (text: string) => string;
  /** For what AWS does on its own: add-ons, updates of clusters. */
  readonly patience: Patience;
  /** Absent: nothing is written to Kubernetes. */
  readonly kubernetes?: (cluster: ReachedCluster) => Promise<ClusterObjects>;
  /** True: annotations of ServiceAccounts are written, because somebody asked for it. */
  readonly annotates?: boolean;
}

/**
 * Reads and writes AWS and Kubernetes for the changes of one plan. Each read and each write enters its account with a
 * session that may make the calls of that change on its target alone. A live state that is what the plan says, in other
 * words, comes back in the plan's words.
 */
export function worldOf(options: WorldOptions): World {
  const token = tokensOf(options);
  return {
    read: (change) => readState(options, change.kind, change),
    write: (change, request) =>
      writeState({ ...options, token: token(change, request) }, change.kind, change, false),
    writeAnyway: (change, request) =>
      writeState({ ...options, token: token(change, request) }, change.kind, change, true),
  };
}

/** A world at work on one write. */
interface Working extends WorldOptions {
  readonly token?: string;
}

/**
 * What EKS takes for one request: the same plan, run, request and change give the same token again after a crash; a change
 * that is written twice in one run, because something was taken back in between, gives another. What makes an entry anew
 * and what takes its deletion back are one change, and two requests: by one token EKS would do the first and answer it
 * twice.
 */
function tokensOf({ plan, run = '', hash }: WorldOptions): (change: Change, request?: string) => string {
  const times = new Map<string, number>();
  return (change, request = '') => {
    const text = canonicalJson([plan, run, request, change]);
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    return hash(canonicalJson([text, before])).slice(0, 64);
  };
}

async function readState<K extends ChangeKind>(
  options: WorldOptions,
  kind: K,
  change: ChangeOf<K>,
): Promise<Change['before']> {
  const adapter: Adapter<K> = ADAPTERS[kind];
  const { state } = await adapter.read(reading(options, adapter, change), change);
  return inPlanWords(adapter, state, change);
}

/** Tells a write that surely did not happen from one that may have. */
async function writeState<K extends ChangeKind>(
  options: Working,
  kind: K,
  change: ChangeOf<K>,
  isAnyway: boolean,
): Promise<void> {
  const requests: Requests = { taken: false, unanswered: false };
  try {
    await sendState(options, kind, change, isAnyway, requests);
  } catch (error) {
    if (error instanceof FailedWriteError) throw error;
    if (requests.taken || requests.unanswered) throw new UncertainWriteError(targetKey(change), error);
    throw error instanceof StaleWriteError ? error : new RefusedWriteError(error);
  }
  if (requests.unanswered) throw new UncertainWriteError(targetKey(change));
}

async function sendState<K extends ChangeKind>(
  options: Working,
  kind: K,
  change: ChangeOf<K>,
  isAnyway: boolean,
  requests: Requests,
): Promise<void> {
  if (kind === 'service-account-annotation' && options.annotates !== true) {
    throw new GuidedChangeError(targetKey(change));
  }
  const adapter: Adapter<K> = ADAPTERS[kind];
  const calls = (live: Live<K> | null) => heard(writing(options, adapter, change, live), requests);
  if (!adapter.looksFirst) {
    await adapter.write(calls(null), change, null);
    return;
  }
  const live = await adapter.read(reading(options, adapter, change), change);
  const state = inPlanWords(adapter, live.state, change);
  const isDone = sameState(state, change.after);
  if (isDone && !isAnyway) return;
  if (!isDone && !sameState(state, change.before)) throw new StaleWriteError(targetKey(change));
  await adapter.write(calls(live), change, live);
}

/** A live state as the plan spells it, or as it is where the plan says nothing like it. */
function inPlanWords<K extends ChangeKind>(
  { same }: Adapter<K>,
  state: StateOf<K> | null,
  { before, after }: { readonly before: Change['before']; readonly after: Change['before'] },
): Change['before'] {
  if (state === null) return null;
  // Both are states of the kind that the adapter is for.
  const known = [after, before].find((one) => one !== null && same(state, one as StateOf<K>));
  return known ?? state;
}

const reading = <K extends ChangeKind>(options: WorldOptions, adapter: Adapter<K>, change: ChangeOf<K>) =>
  entering(options, change, readGrants(adapter, change));

const writing = <K extends ChangeKind>(
  options: Working,
  adapter: Adapter<K>,
  change: ChangeOf<K>,
  live: Live<K> | null,
) => entering(options, change, writeGrants(adapter, change, live));

/** What reading a change's target takes. */
export function readGrants<K extends ChangeKind>(adapter: Adapter<K>, change: ChangeOf<K>): Grant[] {
  return grantsOf(adapter.permissions.read, adapter.resources(change, null));
}

/** What writing a change takes. */
export function writeGrants<K extends ChangeKind>(
  adapter: Adapter<K>,
  change: ChangeOf<K>,
  live: Live<K> | null,
): Grant[] {
  const operations = adapter.operations?.(change) ?? operationsOf(change);
  const declared = operations.flatMap((operation) => adapter.permissions[operation] ?? []);
  return grantsOf(declared, adapter.resources(change, live));
}

function entering(options: Working, change: Change, grants: readonly Grant[]): Calls {
  const { target } = change;
  const entered = options.enter(target.account, sessionPolicy(grants));
  const regionOf = () => {
    if ('region' in target) return target.region;
    throw new UnsafeTargetError(`${targetKey(change)} without a region`);
  };
  return {
    eks: () => entered.eks(regionOf()),
    iam: () => entered.iam(),
    kubernetes: async () => {
      const cluster = 'cluster' in target ? target.cluster : '';
      if (options.kubernetes === undefined) throw new NoKubernetesError(cluster);
      const region = regionOf();
      return options.kubernetes(await reached(entered.eks(region), target.account, region, cluster));
    },
    token: options.token ?? '',
    patience: options.patience,
  };
}

/** How a cluster's API server is reached, as DescribeCluster tells it. */
async function reached(
  eks: EKSClient,
  account: string,
  region: string,
  name: string,
): Promise<ReachedCluster> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  const arn = required(cluster?.arn, 'cluster');
  return {
    account,
    region,
    name,
    arn,
    partition: partitionOfRegion(region).name,
    credentials: () => eks.config.credentials(),
    ...present({
      outpostId: cluster?.id,
      server: cluster?.endpoint,
      certificateAuthority: cluster?.certificateAuthority?.data,
    }),
  };
}
