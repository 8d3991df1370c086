import type { Plan } from '../../changes/plan.ts';

/** What comes of something that a person asks for: its plan, why there is none, or that it is so already. */
export type Asked =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'declined'; readonly reasons: readonly string[] }
  | { readonly kind: 'done'; readonly words: string };

/** It is so already, and why that is known. */
export function done(words: string): Asked {
  return { kind: 'done', words };
}
