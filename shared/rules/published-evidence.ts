import type { Evidence } from '../findings/finding.ts';
import type { Facts } from './verdict.ts';

const LONGEST_TEXT = 2000;
const LONGEST_LIST = 50;

/** Evidence as it is published: what is undefined left out, texts and lists bounded, since strangers write the names. */
export function publishedEvidence(facts: Facts): Evidence {
  const evidence: Evidence = {};
  for (const [key, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    if (typeof value === 'string') evidence[key] = bounded(value);
    else if (typeof value === 'number' || typeof value === 'boolean') evidence[key] = value;
    else evidence[key] = boundedList(value);
  }
  return evidence;
}

/** A text of bounded length, with its length where it was cut. */
export function bounded(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
}

/** The first entries of a list, and how many were left out. */
function boundedList(list: readonly string[], longest = LONGEST_LIST): string[] {
  const shown = list.slice(0, longest).map(bounded);
  return list.length <= longest ? shown : [...shown, `… and ${list.length - longest} more`];
}
