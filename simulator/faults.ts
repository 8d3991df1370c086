import type { Clock } from './clock.ts';

/**
 * What goes wrong. `timeout` with `applied`: the service did it and the answer was lost; with `lateSeconds`: the request
 * arrives later, when nobody waits for its answer.
 * `partial-page`: lists give pages of `items` (1), as IAM may whenever it likes.
 */
export type Fault =
  | { readonly kind: 'denied' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'timeout'; readonly applied?: boolean; readonly lateSeconds?: number }
  | { readonly kind: 'expired-credentials' }
  | { readonly kind: 'partial-page'; readonly items?: number }
  | { readonly kind: 'error'; readonly error: Error };

interface FaultRule {
  /** Most times that it strikes; without it, always. */
  readonly times?: number;
  /** Calls let through before it strikes. */
  readonly after?: number;
  readonly account?: string;
  readonly region?: string;
  /** Strikes only calls with such input. */
  readonly when?: (input: object) => boolean;
  /** Strikes only calls beyond a rate, which is counted for each account and region: a bucket of tokens that refills. */
  readonly beyond?: Rate;
}

/** How many calls are let through: so many at once, and so many a second by the simulated clock. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface FaultTarget {
  /** `eks:ListAddons` */
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly input: object;
}

export interface Faults {
  /** Plants a fault for an action (`eks:ListAddons`, `eks:*`, `*`); the returned function takes it back. */
  readonly on: (action: string, fault: Fault & FaultRule) => () => void;
  readonly clear: () => void;
  /** The fault that strikes this call, or null. Counts. */
  readonly strike: (target: FaultTarget) => Fault | null;
}

interface Planted {
  readonly action: string;
  readonly fault: Fault & FaultRule;
  seen: number;
  readonly buckets: Map<string, Bucket>;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** An empty set of faults. The one planted last strikes first. */
export function createFaults(clock: Pick<Clock, 'now'>): Faults {
  let planted: Planted[] = [];
  return {
    on: (action, fault) => {
      const entry: Planted = { action, fault, seen: 0, buckets: new Map() };
      planted.unshift(entry);
      return () => {
        planted = planted.filter((other) => other !== entry);
      };
    },
    clear: () => {
      planted = [];
    },
    strike: (target) => {
      for (const entry of planted) {
        if (!aims(entry, target) || isWithinRate(entry, target, clock)) continue;
        entry.seen += 1;
        const skipped = entry.fault.after ?? 0;
        const last = skipped + (entry.fault.times ?? Number.POSITIVE_INFINITY);
        if (entry.seen > skipped && entry.seen <= last) return entry.fault;
      }
      return null;
    },
  };
}

/** Takes a token of the account's bucket, when there is one. */
function isWithinRate(
  { fault: { beyond }, buckets }: Planted,
  { account, region }: FaultTarget,
  clock: Pick<Clock, 'now'>,
): boolean {
  if (beyond === undefined) return false;
  const at = clock.now().getTime();
  const key = `${account} ${region}`;
  const bucket = buckets.get(key) ?? { tokens: beyond.burst, at };
  buckets.set(key, bucket);
  const refilled = bucket.tokens + ((at - bucket.at) / 1000) * beyond.perSecond;
  bucket.tokens = Math.min(beyond.burst, refilled);
  bucket.at = at;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

function aims({ action, fault }: Planted, target: FaultTarget): boolean {
  const service = action.endsWith(':*') ? action.slice(0, -1) : null;
  const named =
    action === '*' || action === target.action || (service !== null && target.action.startsWith(service));
  return (
    named &&
    (fault.account === undefined || fault.account === target.account) &&
    (fault.region === undefined || fault.region === target.region) &&
    (fault.when === undefined || fault.when(target.input))
  );
}
