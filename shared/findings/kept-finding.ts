import type { Finding } from './finding.ts';

/** Characters of JSON: at three bytes each, a finding and what is kept with it stay below DynamoDB's 400 KB an item. */
const LONGEST_FINDING = 100_000;
const LONGEST_TEXT = 10_000;
const MOST_CONSEQUENCES = 50;
const LONGEST_CONSEQUENCE = 500;

/**
 * The finding as it is kept. Names come from strangers and can make it large: then its evidence gives way to a digest,
 * by which a change is still noticed, and its texts are cut.
 */
export function keptFinding(finding: Finding, hash: (text: string) => string): Finding {
  const { length } = JSON.stringify(finding);
  if (length <= LONGEST_FINDING) return finding;
  const evidence = Object.entries(finding.evidence).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...finding,
    detail: cut(finding.detail, LONGEST_TEXT),
    remedy: cut(finding.remedy, LONGEST_TEXT),
    consequences: finding.consequences
      .slice(0, MOST_CONSEQUENCES)
      .map((each) => cut(each, LONGEST_CONSEQUENCE)),
    evidence: { leftOut: `${length} characters`, digest: hash(JSON.stringify(evidence)) },
  };
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)} […]`;
}
