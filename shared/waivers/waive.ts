import type { Finding } from '../findings/finding.ts';
import { covers } from './covers.ts';
import { standingOf, type WaiverTerms } from './standing.ts';
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
  const accepts = finder(waivers.filter((waiver) => standingOf(waiver, terms) === 'holds'));
  return findings.map((finding) => withStatus(finding, accepts(finding)));
}

/** The finding as a waiver leaves it; without one, open. */
function withStatus({ waiver: _, ...finding }: Finding, by: Waiver | undefined): Finding {
  if (finding.status === 'resolved') return finding;
  if (by === undefined) return { ...finding, status: 'open' };
  const { owner, reason, ticket, expires } = by;
  return { ...finding, status: 'waived', waiver: { owner, reason, ticket, expires } };
}

/** Looks waivers up by fingerprint and rule, so that the cost does not grow with findings times waivers. */
function finder(waivers: readonly Waiver[]): (finding: Finding) => Waiver | undefined {
  const byFinding = Map.groupBy(waivers, ({ finding }) => finding);
  const byRule = Map.groupBy(
    waivers.filter(({ finding }) => finding === undefined),
    ({ rule }) => rule,
  );
  return (finding) => {
    const candidates = [
      ...(byFinding.get(finding.fingerprint) ?? []),
      ...(byRule.get(finding.rule) ?? []),
    ].filter((waiver) => covers(waiver, finding));
    return candidates.reduce<Waiver | undefined>(
      (longest, one) => (longest === undefined || one.expires > longest.expires ? one : longest),
      undefined,
    );
  };
}
