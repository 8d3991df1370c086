import type { Cause, FoundCause } from './cause.ts';
import type { Doubt } from './doubt.ts';
import { covers } from './doubt.ts';
import type { Finding } from './finding.ts';
import type { FindingScope } from './scope.ts';
import type { TrustEffect } from './trust-effect.ts';

/** What an audit says about one scope, read at one time. */
export interface ScopeAudit {
  /** Distinct for distinct audits, the same when a step of it runs again. */
  readonly name: string;
  /** When the reading began, UTC: a change after it may be missing, one before it is there. */
  readonly readAt: string;
  readonly scope: FindingScope;
  /** Everything that is wrong in the scope, as far as it could be decided; with status `open` or `waived`. */
  readonly findings: readonly Finding[];
  /** Everything that could not be decided (`doubtsOf`). */
  readonly doubts: readonly Doubt[];
  /** The rules that were asked; absent: all. */
  readonly rules?: readonly string[];
  readonly causes: readonly Cause[];
  /** The changes behind one finding, where not every finding has the same; wins over `causes`. */
  readonly causesFor?: (finding: Finding) => readonly Cause[];
  /** What CloudTrail says of a finding that no change is known to be behind; undefined: it was not asked. */
  readonly lastChangeFor?: (finding: Finding) => FoundCause | undefined;
  /** What the change of the trust policy behind a finding did; undefined: its causes did not write one. */
  readonly effectFor?: (finding: Finding) => TrustEffect | undefined;
}

/** An audit was handed over with something that it cannot say. */
export class InvalidAuditError extends Error {
  override readonly name = 'InvalidAuditError';
}

/**
 * Where an audit stands among all audits: texts that sort as the readings began, by name where two began together.
 * Throws InvalidAuditError when the time is none.
 */
export function orderOf({ readAt, name }: Pick<ScopeAudit, 'readAt' | 'name'>): string {
  const time = Date.parse(readAt);
  if (Number.isNaN(time)) {
    throw new InvalidAuditError(
      `The audit ${JSON.stringify(name.slice(0, 100))} was read at ${JSON.stringify(readAt.slice(0, 40))}, which is no time: give ISO 8601.`,
    );
  }
  return `${new Date(time).toISOString()} ${name}`;
}

/** Whether an audit, which does not report a finding, thereby says that it is gone. */
export function decidesAbsence(
  { rules, doubts }: { readonly rules?: readonly string[] | null; readonly doubts: readonly Doubt[] },
  finding: Finding,
): boolean {
  const asked = rules === undefined || rules === null || rules.includes(finding.rule);
  return asked && !doubts.some((doubt) => covers(doubt, finding));
}
