import { type Finding, SEVERITIES } from '../findings/finding.ts';

const RANK = new Map(SEVERITIES.map((severity, index) => [severity, index]));

/** Worst first, then by rule number, place and fingerprint: the same estate gives the same order. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    (RANK.get(a.severity) ?? 0) - (RANK.get(b.severity) ?? 0) ||
    compareText(a.number, b.number) ||
    compareText(placeOf(a), placeOf(b)) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** By code unit, not by locale: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function placeOf(finding: Finding): string {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  return [account, region, cluster, namespace, serviceAccount, role, principal]
    .map((part) => part ?? '')
    .join('\u0000');
}
