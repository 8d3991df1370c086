import type { Finding } from '../findings/finding.ts';
import { acceptanceOf, acceptedBy, holding } from './accepted.ts';
import type { WaiverTerms } from './standing.ts';
import type { Waiver } from './waiver.ts';

/**
 * Gives each finding the status that the waivers give it: `waived`, with who accepts it and until when, where one holds,
 * and `open` where none does. Of several the one that holds longest counts. Resolved findings stay as they are.
 */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  terms: WaiverTerms,
): Finding[] {
  const accepts = finder(holding({ ...terms, waivers }));
  return findings.map((finding) => withStatus(finding, accepts(finding)));
}

/** The finding as a waiver leaves it; without one, open. */
function withStatus({ waiver: _, ...finding }: Finding, by: Waiver | undefined): Finding {
  if (finding.status === 'resolved') return finding;
  if (by === undefined) return { ...finding, status: 'open' };
  return { ...finding, status: 'waived', waiver: acceptanceOf(by) };
}

/** Looks waivers up by fingerprint and rule, so that the cost does not grow with findings times waivers. */
function finder(waivers: readonly Waiver[]): (finding: Finding) => Waiver | undefined {
  const byFinding = Map.groupBy(waivers, ({ finding }) => finding);
  const byRule = Map.groupBy(
    waivers.filter(({ finding }) => finding === undefined),
    ({ rule }) => rule,
  );
  return (finding) =>
    acceptedBy(
      [finding],
      [...(byFinding.get(finding.fingerprint) ?? []), ...(byRule.get(finding.rule) ?? [])],
    );
}
