import type { StoredFinding } from '../findings/stored.ts';
import { asffOfStored } from '../reports/asff.ts';
import { attemptImport, type ImportPorts, MOST_FINDINGS } from './import-findings.ts';
import type { OwedImport, OwedImports } from './owed-imports.ts';

export interface OwedPorts extends Omit<ImportPorts, 'owed'> {
  readonly owed: OwedImports;
  readonly now: () => Date;
}

export interface ImportedOwed {
  /** Findings that Security Hub took, or that are forgotten. */
  readonly imported: number;
  /** How many are still owed of those that were tried: a later run tries them again. */
  readonly owing: number;
}

/** How many notes a run reads, and how many findings it imports: three calls. */
const MOST_READ = 5_000;
const MOST_IMPORTED = 300;

/** No two runs begin in the same of these. */
const RUN_MILLISECONDS = 300_000;

/**
 * Imports what security-hub noted as owed: each finding as it is now, never as it was at the step that failed. A note
 * goes only when its finding was the same before and after the import, so that an import that was overtaken by a newer
 * step, or a process that dies in between, leaves it for the next run. Throws what the notes' list throws.
 */
export function importOwed({ owed, securityHub, place, telemetry, now }: OwedPorts) {
  return async (): Promise<ImportedOwed> => {
    const due: OwedImport[] = [];
    for await (const each of owed.list()) {
      due.push(each);
      if (due.length >= MOST_READ) break;
    }
    telemetry.count('SecurityHubOwed', due.length);
    const turn = inTurn(due, now());
    let imported = 0;
    for (let start = 0; start < turn.length; start += MOST_FINDINGS)
      imported += await importBatch(turn.slice(start, start + MOST_FINDINGS));
    return { imported, owing: turn.length - imported };
  };

  async function importBatch(batch: readonly OwedImport[]): Promise<number> {
    const before = await owed.current(batch);
    const hub = place();
    const findings = [...before.values()].flatMap((stored) =>
      stored === 'unreadable' ? [] : [asffOfStored(stored, hub)],
    );
    const refused = findings.length === 0 ? new Set() : await attemptImport(findings, securityHub, telemetry);
    telemetry.count('SecurityHubImported', findings.length - refused.size);
    if (refused.size > 0) telemetry.count('SecurityHubRefused', refused.size);
    const after = await owed.current(batch);
    let settled = 0;
    for (const each of batch) {
      const [was, is] = [before.get(each.fingerprint), after.get(each.fingerprint)];
      if (was === 'unreadable' || is === 'unreadable') {
        telemetry.note('A finding that is owed to Security Hub cannot be read', { ...each });
        continue;
      }
      if (!isSameStep(was, is) || (was !== undefined && refused.has(asffOfStored(was, hub).Id))) continue;
      await owed.settle(each);
      settled += 1;
    }
    return settled;
  }
}

/** The part of the list that is this run's turn: what is refused for good must not keep the others waiting. */
function inTurn(due: readonly OwedImport[], now: Date): readonly OwedImport[] {
  if (due.length <= MOST_IMPORTED) return due;
  const start = (Math.floor(now.getTime() / RUN_MILLISECONDS) * MOST_IMPORTED) % due.length;
  return [...due.slice(start), ...due.slice(0, start)].slice(0, MOST_IMPORTED);
}

function isSameStep(one: StoredFinding | undefined, other: StoredFinding | undefined): boolean {
  return one?.life === other?.life && one?.sequence === other?.sequence;
}
