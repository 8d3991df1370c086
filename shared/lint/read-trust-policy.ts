import type { Located } from './located.ts';
import { policyText } from './policy-text.ts';
import { NOTHING, NOWHERE, type Shown } from './shown.ts';

/** A trust policy by itself: of a role that has no name and that is where its provider is. */
export function readTrustPolicy(document: Located, name: string): Shown {
  const trust = policyText(document);
  if (trust === null) return NOTHING;
  return {
    ...NOTHING,
    roles: [{ at: document.at, name, path: '/', where: NOWHERE, trust, facts: {} }],
  };
}
