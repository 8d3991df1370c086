import type { Rate } from '../../simulator/faults.ts';

/** How a service answers: how many calls it takes, and how long it takes for one. */
export interface Limit {
  /** `eks:*` */
  readonly action: string;
  readonly rate: Rate;
  /** Milliseconds of one call, on the way and in the service. */
  readonly latency: number;
  /** Where that is from. */
  readonly source: string;
}

const ASSUMED = 'assumption: AWS publishes no number';

/**
 * Limits for each account and region, the more special first. AWS publishes next to none of them, and every latency is an
 * assumption: the table is there to be corrected.
 */
export const LIMITS: readonly Limit[] = [
  {
    action: 'sts:AssumeRole',
    rate: { perSecond: 600, burst: 600 },
    latency: 60,
    source: 'rate: 600 a second of all STS calls of an account and region, from memory; latency assumed',
  },
  { action: 'sts:*', rate: { perSecond: 600, burst: 600 }, latency: 40, source: ASSUMED },
  {
    action: 'iam:GetAccountAuthorizationDetails',
    rate: { perSecond: 5, burst: 10 },
    latency: 800,
    source: ASSUMED,
  },
  { action: 'iam:*', rate: { perSecond: 15, burst: 30 }, latency: 120, source: ASSUMED },
  { action: 'account:*', rate: { perSecond: 5, burst: 10 }, latency: 150, source: ASSUMED },
  { action: 'cloudtrail:*', rate: { perSecond: 10, burst: 10 }, latency: 100, source: ASSUMED },
  {
    action: 'eks:*',
    rate: { perSecond: 10, burst: 20 },
    latency: 150,
    source:
      'rate: low tens of Describe calls a second are seen in practice; taken as one limit of all EKS calls; latency assumed',
  },
  { action: 'organizations:*', rate: { perSecond: 8, burst: 12 }, latency: 120, source: ASSUMED },
];

/** The limit of an action. */
export function limitOf(action: string): Limit {
  const found = LIMITS.find(
    (limit) =>
      limit.action === action ||
      (limit.action.endsWith(':*') && action.startsWith(limit.action.slice(0, -1))),
  );
  if (found === undefined) throw new Error(`no limit of ${action}`);
  return found;
}
