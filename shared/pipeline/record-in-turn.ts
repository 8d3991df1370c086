import type { FoundCause } from '../findings/cause.ts';
import type { Finding } from '../findings/finding.ts';
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
}

/** CloudTrail answers two questions a second for a whole account: only the most severe findings are looked up. */
const MOST_LOOKED_UP = 10;

/**
 * Records an audit: first what events are behind, at once; then what was found on the way, with the last change that
 * CloudTrail remembers of it. Runs twice without harm, as recordAudit does; the second part is an audit of its own, a
 * moment later.
 */
export async function recordInTurn(audit: ScopeAudit, options: InTurn): Promise<readonly Transition[]> {
  const { store, stored } = options;
  const found = foundOnTheWay(audit, stored);
  if (found.size === 0) return recordAudit(store, audit, options);
  // None of them is stored as open, so to leave them out for now resolves nothing.
  const events = { ...audit, findings: audit.findings.filter(({ fingerprint }) => !found.has(fingerprint)) };
  const first = await recordAudit(store, events, options);
  const lastChanges = await lookUp(audit, found, options);
  const whole: ScopeAudit = {
    ...audit,
    name: `${audit.name}/whole`,
    lastChangeFor: ({ fingerprint }) => lastChanges.get(fingerprint),
  };
  return [...first, ...(await recordAudit(store, whole, options))];
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
