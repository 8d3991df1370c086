import * as z from 'zod';
import type { Trigger } from '../triggers/trigger.ts';

/** What one evaluation judges: the smallest part of the estate that an event can have changed. */
export const scopeSchema = z.strictObject({
  kind: z.literal('role'),
  account: z.string().regex(/^\d{12}$/),
  /** Role name without path: what IAM's events carry. */
  role: z.string().regex(/^[\w+=,.@-]{1,64}$/),
});

export type Scope = z.infer<typeof scopeSchema>;

/** The scopes that a trigger asks to re-judge. */
export function scopesOf(trigger: Trigger): readonly Scope[] {
  switch (trigger.kind) {
    case 'trust-policy':
      return [{ kind: 'role', account: trigger.account, role: trigger.roleName }];
  }
}

/** One text per scope. IAM tells role names apart without regard to case, so case is dropped. */
export function scopeKey(scope: Scope): string {
  return `${scope.kind}/${scope.account}/${scope.role.toLowerCase()}`;
}

/** `role payments-api in account 111122223333`: for messages. */
export function describeScope(scope: Scope): string {
  return `role ${scope.role} in account ${scope.account}`;
}
