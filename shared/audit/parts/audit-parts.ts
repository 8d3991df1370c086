import type { Coverage, Finding, UndecidedCount } from '../../findings/finding.ts';
import type { Undecided } from '../../rules/define-rule.ts';
import { type AuditOptions, findingsOf } from '../audit.ts';
import type { AuditStream } from '../audit-stream.ts';
import { compareCoverage, gapLine, undecidedLines } from '../coverage.ts';
import { compareFindings } from '../order.ts';
import { compareUndecided, mergedCounts, undecidedCounts } from '../undecided-counts.ts';
import { batchesOf } from './batches.ts';
import { connections } from './connections.ts';
import type { GatheredAccounts } from './gathered.ts';
import { judgeBatch } from './judge-batch.ts';
import { type Spill, sortedRuns } from './sorted-runs.ts';

/** How much is held at once. */
export interface Bounds {
  /** Bytes of accounts as text that are judged together. */
  readonly weight: number;
  /** Findings, and lines of coverage. */
  readonly things: number;
}

/** Accounts take several times as much in memory as they do as text. */
export const BOUNDS: Bounds = { weight: 1024 * 1024, things: 5_000 };

/**
 * Judges an organization of any size, in batches of accounts with those that they hang on. Finds what `audit` finds of all of
 * them at once, in the same order, and holds a batch, the ties between accounts and some findings at a time. `tell` hears how
 * many accounts are judged.
 */
export async function auditParts(
  gathered: GatheredAccounts,
  options: AuditOptions,
  spill: Spill,
  bounds: Bounds = BOUNDS,
  tell: (judged: number) => void = () => {},
): Promise<AuditStream> {
  const { accounts, rest } = gathered;
  const tied = connections(accounts);
  const ports = { gathered, connections: tied, seesEveryCluster: seesEveryCluster(gathered), options };
  const held = { spill, most: bounds.things };
  const findings = sortedRuns<Finding>(compareFindings, JSON.parse, held);
  const coverage = sortedRuns<Coverage>(compareCoverage, JSON.parse, held);
  const checks = sortedRuns<UndecidedCount>(compareUndecided, JSON.parse, held);
  await coverage.add(rest.coverage.map(gapLine));
  const outside = outsiders();
  let done = 0;
  const ids = accounts.map(({ id }) => id);
  for (const batch of batchesOf(ids, tied, bounds.weight)) {
    const { failures, undecided } = await judgeBatch(batch, ports);
    const isRead = (account: string) => tied.facts(account) !== undefined;
    await findings.add(findingsOf(failures, options));
    const inside = undecided.filter(({ where }) => isRead(where.account));
    await coverage.add(undecidedLines(inside));
    await checks.add(undecidedCounts(inside));
    outside.take(undecided.filter(({ where }) => !isRead(where.account)));
    done += batch.judged.length;
    tell(done);
  }
  await coverage.add(undecidedLines(outside.undecided()));
  await checks.add(undecidedCounts(outside.undecided()));
  return {
    findings: findings.all,
    coverage: coverage.all,
    undecided: () => mergedCounts(checks.all()),
    counts: {
      accounts: accounts.length,
      clusters: accounts.reduce((sum, { clusters }) => sum + clusters.length, 0),
      roles: accounts.reduce((sum, { roles }) => sum + roles, 0),
      coverage: coverage.size(),
    },
  };
}

/** What is undecided in accounts that nobody read, which several batches may say. */
function outsiders() {
  const open = new Map<string, Undecided>();
  return {
    take: (undecided: readonly Undecided[]): void => {
      for (const one of undecided) {
        const { rule, where, read, reason, whole } = one;
        open.set(JSON.stringify([rule.name, where, read, reason, whole]), one);
      }
    },
    undecided: (): readonly Undecided[] => [...open.values()],
  };
}

const REGION_READS: ReadonlySet<string> = new Set(['account:ListRegions', 'eks:ListClusters']);

/** Whether nothing in the whole hides a cluster: what an estate of all accounts would say (Estate.seesEveryCluster). */
function seesEveryCluster({ accounts, rest: { organization, coverage } }: GatheredAccounts): boolean {
  if (organization?.complete !== true) return false;
  const known = new Set(accounts.map(({ id }) => id));
  const hides = coverage.some(
    ({ account, read }) =>
      read.startsWith('organizations:') ||
      (account === undefined ? REGION_READS.has(read) : !known.has(account)),
  );
  return !hides && accounts.every((account) => account.seesEveryCluster);
}
