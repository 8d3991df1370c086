import type { Finding } from '../findings/finding.ts';
import { globMatcher } from '../iam/glob.ts';
import { PLACES, type Waiver } from './waiver.ts';

/** What of a finding decides whether a waiver is about it. */
export type Coverable = Pick<Finding, 'fingerprint' | 'rule' | (typeof PLACES)[number]>;

/**
 * Whether a waiver is about a finding: the fingerprint and the rule that it names are the finding's, and each place that
 * it names fits. A place that the finding does not have fits nothing, so that a waiver never reaches further than written.
 */
export function covers(waiver: Waiver, finding: Coverable): boolean {
  if (waiver.finding !== undefined && waiver.finding !== finding.fingerprint) return false;
  if (waiver.rule !== undefined && waiver.rule !== finding.rule) return false;
  return PLACES.every((place) => {
    const [pattern, value] = [waiver[place], finding[place]];
    return pattern === undefined || (value !== undefined && globMatcher(pattern)(value));
  });
}
