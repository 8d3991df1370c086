import type { Where } from './finding.ts';

const PLACE = ['account', 'region', 'cluster', 'namespace', 'serviceAccount', 'role', 'principal'] as const;

/**
 * The stable id of a finding: what it is about, never where in a document it stands. `identity` is the rule's own part:
 * provider, subject, key; `hash` gives hexadecimal text.
 */
export function fingerprint(
  rule: string,
  where: Where,
  identity: readonly string[],
  hash: (text: string) => string,
): string {
  const place = PLACE.map((name) => where[name] ?? null);
  return hash(JSON.stringify([rule, place, identity])).slice(0, 32);
}
