import type { Transition } from '../findings/transition.ts';
import { type AsffFinding, asffOf, type SecurityHubPlace } from '../reports/asff.ts';
import type { Notified, StreamRecord } from './notify.ts';
import type { OwedImports } from './owed-imports.ts';
import type { Telemetry } from './telemetry.ts';

/** A finding that Security Hub did not take. */
interface Refusal {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

/** Where findings are imported: at most 100 at once; the same Id updates. */
export interface SecurityHub {
  readonly importFindings: (findings: readonly AsffFinding[]) => Promise<readonly Refusal[]>;
}

export interface ImportPorts {
  readonly securityHub: SecurityHub;
  readonly place: () => SecurityHubPlace;
  readonly owed: Pick<OwedImports, 'note'>;
  readonly telemetry: Telemetry;
}

/** BatchImportFindings, API reference. */
export const MOST_FINDINGS = 100;

interface Pending {
  readonly transition: Transition;
  readonly sequenceNumbers: string[];
}

/**
 * Brings Security Hub to what the transitions of a batch say. Of several steps of a finding the last one is told, since
 * Security Hub keeps the present state alone. What it does not take is noted, for the sweep to import as it is then:
 * the stream has it no longer to try, since a step that it tries late could replace a newer one. Only what could not be
 * noted is handed back.
 */
export function importFindings({ securityHub, place, owed, telemetry }: ImportPorts) {
  return async (records: readonly StreamRecord[]): Promise<Notified> => {
    const failed: string[] = [];
    const pending = collected(records, (sequenceNumber, error) => {
      failed.push(sequenceNumber);
      telemetry.count('TransitionsFailed');
      telemetry.note('The transition cannot be read', { sequenceNumber, error });
    });
    const hub = place();
    for (let start = 0; start < pending.length; start += MOST_FINDINGS) {
      const batch = pending
        .slice(start, start + MOST_FINDINGS)
        .map((each) => ({ ...each, finding: asffOf(each.transition, hub) }));
      const refused = await attemptImport(
        batch.map(({ finding }) => finding),
        securityHub,
        telemetry,
      );
      const left = batch.filter(({ finding }) => refused.has(finding.Id));
      for (const { transition, sequenceNumbers } of left) {
        try {
          await owed.note(transition.finding);
        } catch (error) {
          failed.push(...sequenceNumbers);
          telemetry.note('That an import is owed could not be noted', { id: transition.id, error });
        }
      }
      telemetry.count('SecurityHubImported', batch.length - left.length);
      if (left.length > 0) telemetry.count('SecurityHubRefused', left.length);
    }
    return { failed };
  };
}

/** The last step of each finding, with the positions of all its steps. */
function collected(
  records: readonly StreamRecord[],
  unreadable: (sequenceNumber: string, error: unknown) => void,
): readonly Pending[] {
  const byFinding = new Map<string, Pending>();
  for (const { sequenceNumber, read } of records) {
    try {
      const transition = read();
      const { fingerprint } = transition.finding;
      const known = byFinding.get(fingerprint);
      const newer = known === undefined || transition.readAt >= known.transition.readAt;
      byFinding.set(fingerprint, {
        transition: newer ? transition : known.transition,
        sequenceNumbers: [...(known?.sequenceNumbers ?? []), sequenceNumber],
      });
    } catch (error) {
      unreadable(sequenceNumber, error);
    }
  }
  return [...byFinding.values()];
}

/** Imports at most 100 findings; returns the ids of those that are not imported. */
export async function attemptImport(
  findings: readonly AsffFinding[],
  securityHub: SecurityHub,
  telemetry: Telemetry,
): Promise<ReadonlySet<string>> {
  try {
    const refusals = await securityHub.importFindings(findings);
    for (const refusal of refusals) telemetry.note('Security Hub refused the finding', { ...refusal });
    return new Set(refusals.map(({ id }) => id));
  } catch (error) {
    telemetry.note('Security Hub did not take the findings', { findings: findings.length, error });
    return new Set(findings.map(({ Id }) => Id));
  }
}
