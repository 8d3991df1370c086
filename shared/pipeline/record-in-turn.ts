import type { FoundCause } from '../findings/cause.ts';
import { differences } from '../findings/differences.ts';
import type { Finding, Where } from '../findings/finding.ts';
import { type RecordOptions, recordAudit } from '../findings/record-audit.ts';
import type { ScopeAudit } from '../findings/scope-audit.ts';
import type { FindingStore } from '../findings/store.ts';
import type { StoredFinding } from '../findings/stored.ts';
import type { Transition } from '../findings/transition.ts';

/** Looks for the last change behind a finding that no event asked for; takes a second for each kind of event. */
export type CauseFinder = (finding: Finding, readAt: string, partition: string) => Promise<FoundCause>;

interface InTurn extends RecordOptions {
  readonly store: FindingStore;
  /** What the store has of the account. */
  readonly stored: readonly StoredFinding[];
  readonly partition: string;
  readonly findCause: CauseFinder;
  /** Whether another turn is under way in the account that began later: what no event of this one is behind is its to tell. */
  readonly isOvertaken: () => Promise<boolean>;
}

/** CloudTrail answers two questions a second for a whole account: only the most severe findings are looked up. */
const MOST_LOOKED_UP = 10;

/**
 * Records an audit: first what events are behind, at once; then what was found on the way, with the last change that
 * CloudTrail remembers of it, unless another turn is about to tell it by its own events. Runs twice without harm, as recordAudit does; the second part is an audit of its own, a
 * moment later.
 */
export async function recordInTurn(audit: ScopeAudit, options: InTurn): Promise<readonly Transition[]> {
  const { store, stored } = options;
  const found = foundOnTheWay(audit, stored);
  const other = changedOnTheWay(audit, stored);
  const gone = goneOnTheWay(audit, stored);
  if (found.size + other.size + gone.length === 0) return recordAudit(store, audit, options);
  // None of them is stored as open, so to leave them out for now resolves nothing.
  const findings = audit.findings
    .filter(({ fingerprint }) => !found.has(fingerprint))
    .map((finding) => other.get(finding.fingerprint) ?? finding);
  const doubts = [
    ...audit.doubts,
    ...gone.map(({ rule, ...finding }) => ({ rule, where: placeOf(finding) })),
  ];
  const first = await recordAudit(store, { ...audit, findings, doubts }, options);
  if (await options.isOvertaken()) return first;
  const lastChanges = await lookUp(audit, found, options);
  const whole: ScopeAudit = {
    ...audit,
    name: `${audit.name}/whole`,
    lastChangeFor: ({ fingerprint }) => lastChanges.get(fingerprint),
  };
  return [...first, ...(await recordAudit(store, whole, options))];
}

/** Stored findings, as they were, that look otherwise in this reading, and that no event of this turn is behind. */
function changedOnTheWay(audit: ScopeAudit, stored: readonly StoredFinding[]): ReadonlyMap<string, Finding> {
  const known = new Map(stored.map(({ finding }) => [finding.fingerprint, finding]));
  return new Map(
    audit.findings.flatMap((finding) => {
      const before = known.get(finding.fingerprint);
      if (before === undefined || before.status === 'resolved') return [];
      const isOther = differences(before, finding).length > 0;
      return isOther && (audit.causesFor?.(finding) ?? audit.causes).length === 0
        ? [[finding.fingerprint, before] as const]
        : [];
    }),
  );
}

/** Stored findings that this reading does not show any more, and that no event of this turn is behind. */
function goneOnTheWay(audit: ScopeAudit, stored: readonly StoredFinding[]): readonly Finding[] {
  const reported = new Set(audit.findings.map(({ fingerprint }) => fingerprint));
  return stored
    .map(({ finding }) => finding)
    .filter(({ status, fingerprint }) => status !== 'resolved' && !reported.has(fingerprint))
    .filter((finding) => (audit.causesFor?.(finding) ?? audit.causes).length === 0);
}

function placeOf(finding: Omit<Finding, 'rule'>): Where {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  const given = { region, cluster, namespace, serviceAccount, role, principal };
  return {
    account,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** Findings that are new, or back, and that no event of this turn is behind. */
function foundOnTheWay(audit: ScopeAudit, stored: readonly StoredFinding[]): ReadonlySet<string> {
  const known = new Set(
    stored.flatMap(({ finding }) => (finding.status === 'resolved' ? [] : [finding.fingerprint])),
  );
  return new Set(
    audit.findings
      .filter(({ fingerprint }) => !known.has(fingerprint))
      .filter((finding) => (audit.causesFor?.(finding) ?? audit.causes).length === 0)
      .map(({ fingerprint }) => fingerprint),
  );
}

async function lookUp(
  { findings, readAt }: ScopeAudit,
  wanted: ReadonlySet<string>,
  { findCause, partition }: InTurn,
): Promise<ReadonlyMap<string, FoundCause>> {
  const found = new Map<string, FoundCause>();
  for (const finding of findings) {
    if (!wanted.has(finding.fingerprint)) continue;
    const cause: FoundCause =
      found.size < MOST_LOOKED_UP
        ? await findCause(finding, readAt, partition)
        : { outcome: 'not-looked-up', reason: `${MOST_LOOKED_UP} other findings of this reading were` };
    found.set(finding.fingerprint, cause);
  }
  return found;
}
