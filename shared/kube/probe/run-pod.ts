import type { V1Pod } from '@kubernetes/client-node';
import type { PodAnswer } from '../../probe/ports.ts';
import type { Connection } from '../connect.ts';
import { type Failure, failureOf } from '../failure.ts';
import { type PodWish, podManifest } from './pod-manifest.ts';
import { injectedInto, outcomeOf } from './pod-outcome.ts';

/** What a test pod needs of the API server. */
interface PodApi {
  readonly core: Pick<
    Connection['core'],
    'createNamespacedPod' | 'readNamespacedPod' | 'deleteNamespacedPod'
  >;
}

export interface PodRun {
  /** Name of the pod, which nothing else may have: known before it exists, so that it can always be deleted. */
  readonly name: string;
  /** Ends the waiting, never the deletion. */
  readonly signal: AbortSignal;
  /** Resolves early when the signal comes. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds between two looks at it. */
  readonly every?: number;
  /** Told when the pod may exist. */
  readonly started?: (name: string) => void;
}

type Outcome = PodAnswer['outcome'];

const EVERY = 1_000;
/** Seconds beyond the pod's own deadline in which its end must show. */
const GRACE = 15;

/**
 * Runs a test pod, waits for its end and deletes it, whatever happens: an error, the time, an interruption. Never rejects.
 * A pod that cannot be deleted is named, with how to delete it by hand; the kubelet ends it at its deadline.
 */
export async function runTestPod(connection: PodApi, wish: PodWish, run: PodRun): Promise<PodAnswer> {
  const { namespace } = wish;
  const created = await create(connection, wish, run);
  if (created.kind === 'refused') return { outcome: undecided(created.why), injected: null, cleanup: null };
  const outcome =
    created.kind === 'unclear'
      ? undecided(created.why)
      : await endOf(connection, wish, run).catch(undecidedBy);
  const deleted = await deletePod(connection, namespace, run, created.kind === 'created');
  const cleanup = {
    pod: `${namespace}/${run.name}`,
    deleted,
    byHand: `kubectl -n ${namespace} delete pod ${run.name}`,
  };
  return { outcome, injected: created.kind === 'created' ? injectedInto(created.pod) : null, cleanup };
}

const undecided = (why: string): Outcome => ({ kind: 'undecided', why });
const undecidedBy = (error: unknown): Outcome =>
  undecided(`the pod could not be watched: ${failureOf(error).reason}`);

/** `unclear`: the request may have been carried out all the same. */
type Created =
  | { readonly kind: 'created'; readonly pod: V1Pod }
  | { readonly kind: 'refused' | 'unclear'; readonly why: string };

const ADVICE =
  'It takes create, get and delete on pods in the namespace, which the ClusterRole podtrust-probe gives (docs/probe.md)';

async function create({ core }: PodApi, wish: PodWish, run: PodRun): Promise<Created> {
  if (run.signal.aborted)
    return { kind: 'refused', why: 'the probe was interrupted before the pod was created' };
  run.started?.(run.name);
  try {
    const body = podManifest(run.name, wish);
    return { kind: 'created', pod: await core.createNamespacedPod({ namespace: wish.namespace, body }) };
  } catch (error) {
    const failure = failureOf(error);
    const why = `the pod could not be created: ${failure.reason}${isDenied(failure) ? `. ${ADVICE}` : ''}`;
    return { kind: isAnswer(error) ? 'refused' : 'unclear', why };
  }
}

const isDenied = ({ kind }: Failure): boolean => kind === 'forbidden' || kind === 'unauthorized';

/** True for an answer of the API server that refuses the request: then there is no pod. */
function isAnswer(error: unknown): boolean {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' && code >= 400 && code < 500 && code !== 408;
}

/** Failed looks in a row after which it is given up. */
const MOST_FAILURES = 5;

async function endOf({ core }: PodApi, wish: PodWish, run: PodRun): Promise<Outcome> {
  const every = run.every ?? EVERY;
  const looks = Math.ceil(((wish.seconds + GRACE) * 1000) / every);
  let failures = 0;
  for (let look = 0; look < looks; look++) {
    if (run.signal.aborted) return undecided('the probe was interrupted while the pod ran');
    try {
      const pod = await core.readNamespacedPod({ namespace: wish.namespace, name: run.name });
      const outcome = outcomeOf(pod);
      if (outcome !== null) return outcome;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures >= MOST_FAILURES || isAnswer(error)) throw error;
    }
    await run.sleep(every, run.signal);
  }
  return undecided(
    `the pod did not end within ${wish.seconds} s: look whether it is scheduled (kubectl -n ${wish.namespace} get events), or give it longer with --timeout`,
  );
}

/** Attempts to delete it, with growing pauses. */
const MOST_ATTEMPTS = 5;

/** Deletes it; one of which it is not known whether it exists may come into being a moment later. */
async function deletePod(
  { core }: PodApi,
  namespace: string,
  { name, sleep }: PodRun,
  exists: boolean,
): Promise<boolean> {
  let absent = false;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    try {
      await core.deleteNamespacedPod({ namespace, name });
      return true;
    } catch (error) {
      const { kind } = failureOf(error);
      absent = kind === 'not-found';
      if (absent && exists) return true;
      if (kind === 'forbidden' || kind === 'unauthorized') return false;
    }
    if (attempt < MOST_ATTEMPTS) await sleep(250 * 2 ** attempt);
  }
  return absent;
}
