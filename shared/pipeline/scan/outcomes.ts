import pLimit from 'p-limit';
import { SEVERITIES, type UndecidedCount } from '../../findings/finding.ts';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import { readKept } from './collection.ts';
import type { DetailedAccount } from './gather-details.ts';
import { collectedOf } from './join-accounts.ts';
import { type Judged, judgedSchema } from './judged.ts';
import { type ScanId, scanKeys } from './scan.ts';
import type { ScanSummary } from './summary.ts';
import { undecidedIn } from './undecided.ts';

type Steps = ScanSummary['missedByEvents']['steps'];

/** What became of all accounts of a scan. */
export interface Outcomes {
  readonly accounts: Omit<ScanSummary['accounts'], 'listed' | 'leftOut'>;
  readonly unread: readonly { readonly account: string; readonly reason: string }[];
  /** Accounts that were read in part: how many reads failed, and where they are named. */
  readonly gaps: readonly { readonly account: string; readonly gaps: number; readonly key: string }[];
  /** Accounts that were read, and whose judgement left nothing. */
  readonly notJudged: readonly string[];
  /** Checks that were not decided, of unread accounts all. */
  readonly undecided: readonly UndecidedCount[];
  /** Accounts that left details for the report. */
  readonly detailed: readonly DetailedAccount[];
  readonly clusters: number;
  readonly roles: number;
  /** Steps that no event led to, the most severe first. */
  readonly missed: { readonly count: number; readonly steps: Steps };
  readonly foundOtherwise: ScanSummary['foundOtherwise'];
}

const READS_AT_ONCE = 32;

/** Reads what the steps of a scan left of each account; what left nothing counts as unread, or not judged. */
export async function outcomesOf(
  claims: Claims,
  scan: ScanId,
  accounts: readonly string[],
  /** Clusters of which a report tells one by one what was not decided, `111122223333/prod`. */
  toldApart: ReadonlySet<string> = new Set(),
): Promise<Outcomes> {
  const found = emptyOutcomes();
  const undecided = undecidedIn(toldApart, accounts.length);
  const limit = pLimit(READS_AT_ONCE);
  await Promise.all(
    accounts.map((account) =>
      limit(async () => {
        const collected = await collectedOf(claims, scan, account);
        if (collected === null || 'unread' in collected) {
          found.unread.push({
            account,
            reason: collected?.unread ?? 'its collection ended without leaving anything',
          });
          undecided.unjudged(account);
          return;
        }
        const { gaps, key, clusters, roles } = collected;
        found.read += 1;
        found.clusters += clusters.length;
        found.roles += roles;
        if (gaps > 0) found.gaps.push({ account, gaps, key });
        const judged = await judgedOf(claims, scan, account);
        if (judged === null) {
          found.notJudged.push(account);
          undecided.unjudged(account);
          return;
        }
        add(judged, found);
        if (judged.details === undefined) undecided.unjudged(account);
        else undecided.add(judged.details.undecided);
      }),
    ),
  );
  return { ...finished(found), undecided: undecided.counts() };
}

function emptyOutcomes() {
  return {
    read: 0,
    clusters: 0,
    roles: 0,
    judged: 0,
    unchanged: 0,
    leftToEvents: 0,
    unread: [] as { account: string; reason: string }[],
    gaps: [] as { account: string; gaps: number; key: string }[],
    notJudged: [] as string[],
    detailed: [] as DetailedAccount[],
    missed: [] as Steps,
    missedCount: 0,
    first: 0,
    settings: 0,
  };
}

function add(
  { account, outcome, since, transitions, count, details }: Judged,
  found: ReturnType<typeof emptyOutcomes>,
): void {
  if (details !== undefined) found.detailed.push({ account, key: details.key, paths: details.paths });
  if (outcome === 'judged') found.judged += 1;
  else if (outcome === 'unchanged') found.unchanged += 1;
  else found.leftToEvents += 1;
  if (since === 'same') {
    found.missedCount += count;
    for (const step of transitions) found.missed.push({ ...step, account });
  } else found[since] += count;
}

function finished(found: ReturnType<typeof emptyOutcomes>): Omit<Outcomes, 'undecided'> {
  const byAccount = (a: { account: string }, b: { account: string }) => (a.account < b.account ? -1 : 1);
  const rank = (severity: Steps[number]['severity']) => SEVERITIES.indexOf(severity);
  const { read, judged, unchanged, leftToEvents, notJudged, unread, gaps, first, settings } = found;
  return {
    accounts: {
      read,
      unread: unread.length,
      judged,
      unchanged,
      leftToEvents,
      notJudged: notJudged.length,
      withGaps: gaps.length,
    },
    unread: unread.sort(byAccount),
    gaps: gaps.sort(byAccount),
    notJudged: notJudged.sort(),
    detailed: found.detailed.sort(byAccount),
    clusters: found.clusters,
    roles: found.roles,
    missed: {
      count: found.missedCount,
      steps: found.missed.sort(
        (a, b) => rank(a.severity) - rank(b.severity) || (a.fingerprint < b.fingerprint ? -1 : 1),
      ),
    },
    foundOtherwise: { first, settings },
  };
}

async function judgedOf(claims: Claims, scan: ScanId, account: string): Promise<Judged | null> {
  try {
    return await readKept(claims, scanKeys.judged(scan, account), judgedSchema);
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}
