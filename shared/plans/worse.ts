import type { Change } from '../changes/change.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { touches } from './touches.ts';

/** Findings by their fingerprints. */
export type FindingsByFingerprint = ReadonlyMap<string, Finding>;

/**
 * Findings about what some changes changed that are new since, or more severe than they were. One that says of a role what
 * another said that is gone is the same mistake: only whom it keeps out has changed, which its place tells.
 */
export function worseSince(
  was: FindingsByFingerprint,
  is: FindingsByFingerprint,
  changes: readonly Change[],
): Finding[] {
  const gone = [...was.values()].filter(({ fingerprint }) => !is.has(fingerprint));
  return [...is.values()].filter((finding) => {
    const before = was.get(finding.fingerprint) ?? gone.find((one) => saysTheSame(one, finding));
    return touches(finding, changes) && isWorse(finding, before);
  });
}

const saysTheSame = (one: Finding, { rule, role, detail }: Finding): boolean =>
  role !== undefined && one.rule === rule && one.role === role && one.detail === detail;

/** Leftovers and blind spots do not count, and neither do remarks. */
export function mayBeWorse(kind: Finding['kind']): boolean {
  return kind !== 'rot' && kind !== 'blind';
}

function isWorse(finding: Finding, before: Finding | undefined): boolean {
  if (finding.severity === 'info' || !mayBeWorse(finding.kind)) return false;
  if (before === undefined) return true;
  return SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(before.severity);
}
