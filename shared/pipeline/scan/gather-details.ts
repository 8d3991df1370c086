import type { Finding } from '../../findings/finding.ts';
import { type AccountDetails, accountDetailsSchema } from '../../reports/html/account-details.ts';
import { mergedStrands } from '../../reports/html/merge-strands.ts';
import type { WorkedOut } from '../../reports/html/report-data.ts';
import { compareStrands, keyOf, ownerOf, rankOf, type Strand } from '../../reports/html/strands.ts';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import { readKept } from './collection.ts';
import type { KeptDetails } from './details.ts';

/** An account that left details. */
export type DetailedAccount = Pick<KeptDetails, 'key' | 'paths'> & { readonly account: string };

/** What a report of any number of accounts holds beside its findings, the worst first. */
export interface DetailBounds {
  readonly paths: number;
  readonly nodes: number;
  /** Findings with their chain, and with their plan. */
  readonly chains: number;
  readonly plans: number;
}

const BOUNDS: DetailBounds = { paths: 3_000, nodes: 5_000, chains: 1_000, plans: 500 };

/** About a megabyte each at most. */
const READS_AT_ONCE = 16;

interface GatherInput {
  readonly claims: Claims;
  readonly accounts: readonly DetailedAccount[];
  /** Accounts that were listed, whether they left details or not. */
  readonly listed: number;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly bounds?: DetailBounds;
}

/**
 * What a report shows beside its findings: of the accounts that have the worst paths and findings the details are read, a
 * few at a time, and no more is held than the report will hold. What is left out is said.
 */
export async function gatherDetails(input: GatherInput): Promise<WorkedOut> {
  const { claims, accounts, findings, bounds = BOUNDS } = input;
  const open = findings.filter(({ status }) => status === 'open');
  const wanted = {
    chains: new Set(open.slice(0, bounds.chains).map(({ fingerprint }) => fingerprint)),
    plans: new Set(open.slice(0, bounds.plans).map(({ fingerprint }) => fingerprint)),
  };
  const having = new Set(open.slice(0, bounds.chains).map(({ account }) => account));
  const drawn = withWorstPaths(accounts, bounds.paths);
  const reading = accounts.filter(({ account }) => having.has(account) || drawn.has(account));
  const found = emptyGathering();
  for (let start = 0; start < reading.length; start += READS_AT_ONCE) {
    const some = reading.slice(start, start + READS_AT_ONCE);
    const read = await Promise.all(some.map(({ key }) => detailsAt(claims, key)));
    for (const [index, details] of read.entries())
      add(some[index]?.account ?? '', details, wanted, bounds, found);
  }
  return finished(found, input, bounds);
}

/** The accounts whose paths are among the worst, by the numbers that each left: of the last rank those that come first. */
function withWorstPaths(accounts: readonly DetailedAccount[], most: number): ReadonlySet<string> {
  const found = new Set<string>();
  const ranks = Math.max(0, ...accounts.map(({ paths }) => paths.length));
  let left = most;
  for (let rank = 0; rank < ranks && left > 0; rank += 1) {
    for (const { account, paths } of accounts) {
      const count = paths[rank] ?? 0;
      if (count === 0 || left <= 0) continue;
      found.add(account);
      left -= count;
    }
  }
  return found;
}

async function detailsAt(claims: Claims, key: string): Promise<AccountDetails | null> {
  try {
    return await readKept(claims, key, accountDetailsSchema);
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}

function emptyGathering() {
  return {
    strands: new Map<string, Strand>(),
    unknowns: new Set<string>(),
    lost: 0,
    chains: [] as AccountDetails['chains'][number]['chain'][],
    chainOf: new Map<string, number>(),
    plans: [] as AccountDetails['plans'][number]['plan'][],
    planOf: new Map<string, number>(),
    declinedOf: new Map<string, readonly string[]>(),
  };
}

type Gathering = ReturnType<typeof emptyGathering>;

const MOST_UNKNOWNS = 50;

function add(
  account: string,
  details: AccountDetails | null,
  wanted: Readonly<Record<'chains' | 'plans', ReadonlySet<string>>>,
  bounds: DetailBounds,
  found: Gathering,
): void {
  if (details === null) {
    found.lost += 1;
    return;
  }
  for (const strand of details.strands) {
    const known = found.strands.get(keyOf(strand));
    found.strands.set(keyOf(strand), known === undefined ? strand : better(known, strand, account));
  }
  if (found.strands.size > 2 * bounds.paths) found.strands = worst(found.strands, bounds.paths);
  for (const unknown of details.unknowns)
    if (found.unknowns.size < MOST_UNKNOWNS) found.unknowns.add(unknown);
  for (const { chain, of } of details.chains) assign(chain, of, wanted.chains, found.chains, found.chainOf);
  for (const { plan, of } of details.plans) assign(plan, of, wanted.plans, found.plans, found.planOf);
  for (const { reasons, of } of details.declined) if (wanted.plans.has(of)) found.declinedOf.set(of, reasons);
}

/** Of a path that two accounts see, what its owner says, as bad as either found it. */
function better(known: Strand, strand: Strand, account: string): Strand {
  const worse = rankOf(known) <= rankOf(strand) ? known : strand;
  return { ...(ownerOf(strand) === account ? strand : known), worst: worse.worst };
}

function assign<Item>(
  item: Item,
  of: readonly string[],
  wanted: ReadonlySet<string>,
  items: Item[],
  indexes: Map<string, number>,
): void {
  const shown = of.filter((fingerprint) => wanted.has(fingerprint) && !indexes.has(fingerprint));
  if (shown.length === 0) return;
  const index = items.push(item) - 1;
  for (const fingerprint of shown) indexes.set(fingerprint, index);
}

function worst(strands: ReadonlyMap<string, Strand>, most: number): Map<string, Strand> {
  return new Map([...strands].sort(([, a], [, b]) => compareStrands(a, b)).slice(0, most));
}

function finished(found: Gathering, { accounts, listed }: GatherInput, bounds: DetailBounds): WorkedOut {
  const kept = worst(found.strands, bounds.paths);
  const { graph, shown } = mergedStrands(kept.values(), [...found.unknowns].sort(), bounds.nodes);
  const paths = accounts.reduce((sum, one) => sum + one.paths.reduce((all, count) => all + count, 0), 0);
  const leftOut = [
    ...(shown < paths ? [`${shown} of ${paths} paths are here, those with the worst findings first`] : []),
    ...(accounts.length < listed
      ? [`${listed - accounts.length} of ${listed} accounts left no paths: they were not read or not judged`]
      : []),
    ...(found.lost > 0 ? [`what ${found.lost} accounts left could not be read`] : []),
  ];
  const { chains, chainOf, plans, planOf, declinedOf } = found;
  return { graph: { ...graph, leftOut }, chains, chainOf, plans, planOf, declinedOf };
}
