import type { Condition, PatternElement, PrincipalElement, Statement } from './policy.ts';

/** Who asks: what a `Principal` element is compared with. */
export type Caller =
  /** A web identity or SAML federation: `provider` is the provider's ARN. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'service'; readonly service: string }
  /** An IAM user, role or root: `arn` is the IAM ARN (never the assumed-role session's). */
  | { readonly kind: 'aws'; readonly arn: string; readonly account: string; readonly sessionArn?: string };

/**
 * The value of one condition key: the values it has, `absent` (the request surely does not carry it), `present` (it is
 * surely there, with a value nobody knows) or `unknown` (it may be there with any value).
 */
export type ContextValue = readonly string[] | 'absent' | 'present' | 'unknown';

/** One call that IAM decides. */
export interface Request {
  readonly caller: Caller;
  /** `sts:AssumeRoleWithWebIdentity`, in IAM's spelling. */
  readonly action: string;
  /** ARN that is acted upon; only identity policies ask for it, and without it their `Resource` is undecided. */
  readonly resource?: string;
  /** Value of a condition key, given lower-cased. Must answer for any key. */
  readonly context: (key: string) => ContextValue;
}

/** Why a statement did not apply: the first part that did not match. `undecided`: it may or may not. */
export type Mismatch =
  | { readonly part: 'principal'; readonly expected?: PrincipalElement; readonly actual?: Caller }
  | { readonly part: 'action'; readonly expected?: PatternElement; readonly actual?: string }
  | { readonly part: 'resource'; readonly expected?: PatternElement; readonly actual?: string }
  | { readonly part: 'condition'; readonly condition: Condition; readonly actual: ContextValue };

export type StatementResult =
  | { readonly statement: Statement; readonly applies: 'yes' }
  | { readonly statement: Statement; readonly applies: 'no'; readonly because: Mismatch }
  | { readonly statement: Statement; readonly applies: 'undecided'; readonly because: Mismatch };

/**
 * `denied` by an explicit Deny (`by`) or because no Allow applied (`by` null). `undecided` when keys whose value is
 * unknown decide; `by` is then the statement that could tip it.
 */
export interface Decision {
  readonly outcome: 'allowed' | 'denied' | 'undecided';
  readonly by: Statement | null;
  readonly statements: readonly StatementResult[];
}
