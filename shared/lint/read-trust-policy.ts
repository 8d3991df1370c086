import type { Located } from './located.ts';
import { withPlaceholders } from './placeholders.ts';
import { policyText } from './policy-text.ts';
import { NOTHING, NOWHERE, type Shown } from './shown.ts';
import type { Values } from './unresolved.ts';

/** A trust policy by itself: of a role that has no name and that is where its provider is. */
export function readTrustPolicy(document: Located, name: string, values: Values): Shown {
  const { at } = document;
  const trust = policyText(withPlaceholders(document, values));
  if (trust === null) return { ...NOTHING, left: [{ at, text: 'the file does not tell its trust policy' }] };
  return {
    ...NOTHING,
    roles: [{ at, name, path: '/', where: NOWHERE, trust, facts: {} }],
    left:
      trust.left === 'none'
        ? []
        : [{ at, text: 'the file does not tell whole statements of its trust policy' }],
  };
}
