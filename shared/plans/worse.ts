import type { Change } from '../changes/change.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { touches } from './touches.ts';

/** Findings by their fingerprints. */
export type FindingsByFingerprint = ReadonlyMap<string, Finding>;

/** Findings about what some changes changed that are new since, or more severe than they were. */
export function worseSince(
  was: FindingsByFingerprint,
  is: FindingsByFingerprint,
  changes: readonly Change[],
): Finding[] {
  return [...is.values()].filter(
    (finding) => touches(finding, changes) && isWorse(finding, was.get(finding.fingerprint)),
  );
}

/** Leftovers, blind spots and remarks do not count. */
function isWorse(finding: Finding, before: Finding | undefined): boolean {
  if (finding.severity === 'info' || finding.kind === 'rot' || finding.kind === 'blind') return false;
  if (before === undefined) return true;
  return SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(before.severity);
}
