import type { PrincipalKind } from './policy.ts';

/** How the identities that one trust policy admits relate to those of another. */
export type Comparison =
  | { readonly relation: 'equal' }
  | { readonly relation: 'tightened'; readonly lost: Witness }
  /** `lossUndecided`: why it is not known whether somebody loses access too; that somebody gains is certain. */
  | { readonly relation: 'widened'; readonly gained: Witness; readonly lossUndecided?: string }
  | { readonly relation: 'incomparable'; readonly gained: Witness; readonly lost: Witness }
  /** Whether there is a difference hangs on conditions that no request decides; what is sure is there all the same. */
  | {
      readonly relation: 'undecided';
      readonly reason: string;
      readonly gained?: Witness;
      readonly lost?: Witness;
    }
  | {
      readonly relation: 'too-complex';
      readonly reason: string;
      readonly gained?: Witness;
      readonly lost?: Witness;
    };

/** A call that one policy allows and the other does not. */
export interface Witness {
  /** ARN of the provider or of the IAM principal, or the service's name. */
  readonly caller: string;
  readonly kind: PrincipalKind;
  /** ARN of the session, where a policy names sessions. */
  readonly session?: string;
  readonly action: string;
  /** Lower-cased condition key → value; a key that is not in here is not in the request. */
  readonly context: Readonly<Record<string, string>>;
  /** One sentence about the change from the old policy to the new. */
  readonly text: string;
  /** Undecidable conditions taken as met. */
  readonly assuming: readonly string[];
  /** False when no real call looks like this: a subject that no ServiceAccount can have. The policies differ all the same. */
  readonly lifelike: boolean;
}
