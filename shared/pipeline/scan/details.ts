import * as z from 'zod';
import { findingOf } from '../../audit/audit.ts';
import { summedUp, undecidedCounts } from '../../audit/undecided-counts.ts';
import type { Config } from '../../config/config.ts';
import type { Estate } from '../../estate/estate.ts';
import { type UndecidedCount, undecidedCountSchema } from '../../findings/finding.ts';
import type { ScopeAudit } from '../../findings/scope-audit.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import { rememberFailures } from '../../plans/failures-in.ts';
import { planListOf } from '../../plans/plan-list.ts';
import { planRows } from '../../plans/plan-rows.ts';
import { accountDetails } from '../../reports/html/account-details.ts';
import { countsByRank, ownerOf } from '../../reports/html/strands.ts';
import type { Judgement } from '../../rules/judge.ts';
import type { Claims } from '../claims.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ScanId, scanKeys } from './scan.ts';

/** Where the details of an account are kept, and what a report must know of every account: its paths by rank, and its undecided checks. */
export const keptDetailsSchema = z.strictObject({
  key: z.string(),
  paths: z.array(z.number().int().nonnegative()).readonly(),
  /** Checks that were not decided, by rule and cluster. */
  undecided: z.array(undecidedCountSchema).readonly(),
});

export type KeptDetails = Readonly<z.infer<typeof keptDetailsSchema>>;

/** Rules and clusters that are counted one by one of an account: they are kept for the next scan, too. */
const MOST_UNDECIDED = 200;

/** Plans that are made for one account, the worst findings' first: each is proved, which takes milliseconds. */
const MOST_PLANS = 50;

interface DetailsPorts {
  readonly claims: Claims;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly telemetry: Pick<Telemetry, 'note'>;
}

interface JudgedAccount {
  readonly estate: Estate;
  readonly judgement: Judgement;
  readonly stored: readonly StoredFinding[];
  /** With its waivers. */
  readonly audit: ScopeAudit;
}

/**
 * Keeps what the report of a scan shows of an account beside its findings: its part of the graph, chains and plans. What
 * cannot be made is left out and noted, since a verdict is worth more than its picture.
 */
export async function keepDetails(
  ports: DetailsPorts,
  scan: ScanId,
  judged: JudgedAccount,
): Promise<KeptDetails | undefined> {
  const { account } = judged.audit.scope;
  const key = scanKeys.details(scan, account);
  let made: ReturnType<typeof detailsOf>;
  try {
    made = detailsOf(judged, ports);
  } catch (error) {
    ports.telemetry.note('The details of an account for the report cannot be made', { account, error });
    return undefined;
  }
  await ports.claims.put(key, JSON.stringify(made.details));
  const undecided = judged.judgement.undecided.filter(({ where }) => where.account === account);
  return {
    key,
    paths: countsByRank(made.strands.filter((strand) => ownerOf(strand) === account)),
    undecided: bounded(undecidedCounts(undecided), account),
  };
}

/** Of very many, those beyond are counted for the account alone. */
function bounded(counts: readonly UndecidedCount[], account: string): UndecidedCount[] {
  const rest = counts
    .slice(MOST_UNDECIDED)
    .map(({ rule, count, whole }) => ({ rule, account, count, ...(whole && { whole }) }));
  return summedUp([...counts.slice(0, MOST_UNDECIDED), ...rest]);
}

function detailsOf(
  { estate, judgement, stored, audit }: JudgedAccount,
  { config, hash }: Pick<DetailsPorts, 'config' | 'hash'>,
) {
  const { account } = audit.scope;
  const elsewhere = judgement.failures
    .filter(({ where }) => where.account !== account)
    .map((failure) => findingOf(failure, hash));
  const findings = [...audit.findings, ...elsewhere];
  rememberFailures(estate, config, judgement.failures);
  const shown = new Set(audit.findings.map(({ fingerprint }) => fingerprint));
  const rows = planRows(
    { estate, config, hash, now: estate.snapshot.takenAt, findings: stored.map(({ finding }) => finding) },
    ({ fingerprint }) => shown.has(fingerprint),
    MOST_PLANS,
  );
  return accountDetails({ estate, account, findings, plans: planListOf(rows, hash) });
}
