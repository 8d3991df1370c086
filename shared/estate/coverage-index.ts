import type { Missing } from './estate.ts';
import type { CoverageGap } from './snapshot.ts';

/** The place of a read. A gap that leaves a part out speaks for every account, region or cluster. */
export interface CoverageScope {
  readonly account: string;
  readonly region?: string;
  readonly cluster?: string;
}

/** The failed reads of a snapshot, found by read and place without searching. */
export interface CoverageIndex {
  /** The first of these reads that failed at a place or for everything around it, or null. */
  readonly failed: (reads: readonly string[], scope: CoverageScope) => Missing | null;
  /** The first of these reads that failed anywhere in an account, or for all accounts, or null. */
  readonly failedWithin: (reads: readonly string[], account: string) => Missing | null;
  /** True when some read of this service failed anywhere: `organizations`. */
  readonly failedService: (service: string) => boolean;
}

/** Indexes gaps; `ignored` names reads whose gaps count only when they name no single subject. */
export function indexCoverage(gaps: readonly CoverageGap[], ignored: ReadonlySet<string>): CoverageIndex {
  const byPlace = new Map<string, Missing>();
  const byAccount = new Map<string, Missing>();
  const services = new Set<string>();
  for (const gap of gaps) {
    services.add(gap.read.slice(0, gap.read.indexOf(':')));
    if (gap.subject !== undefined && ignored.has(gap.read)) continue;
    const missing = { read: gap.read, reason: gap.reason };
    const place = key(gap.read, gap.account ?? '', gap.region ?? '', gap.cluster ?? '');
    if (!byPlace.has(place)) byPlace.set(place, missing);
    const account = key(gap.read, gap.account ?? '');
    if (!byAccount.has(account)) byAccount.set(account, missing);
  }
  return {
    failed: (reads, scope) =>
      byPlace.size === 0
        ? null
        : firstOf(
            byPlace,
            reads.flatMap((read) => placesAround(read, scope)),
          ),
    failedWithin: (reads, account) =>
      firstOf(
        byAccount,
        reads.flatMap((read) => [key(read, account), key(read, '')]),
      ),
    failedService: (service) => services.has(service),
  };
}

function firstOf(found: ReadonlyMap<string, Missing>, keys: readonly string[]): Missing | null {
  for (const key of keys) {
    const missing = found.get(key);
    if (missing) return missing;
  }
  return null;
}

function placesAround(read: string, { account, region, cluster }: CoverageScope): string[] {
  const regions = region === undefined ? [''] : [region, ''];
  const clusters = cluster === undefined ? [''] : [cluster, ''];
  return [account, ''].flatMap((a) => regions.flatMap((r) => clusters.map((c) => key(read, a, r, c))));
}

const key = (...parts: readonly string[]): string => parts.join('\n');
