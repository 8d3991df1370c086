import type { Condition, PolicyVersion, PrincipalElement } from './policy.ts';

/** One pattern over strings. `literal`: `*` and `?` stand for themselves, as under StringEquals. */
export interface Pattern {
  readonly text: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
  /** As under the Arn operators: six colon-separated parts, and a wildcard stays within its part. */
  readonly arn?: true;
  /** Positions in `text` where `*` or `?` stand for themselves (they were written `${*}` and `${?}`); UTF-16 units from 0. */
  readonly literalAt?: readonly number[];
}

/** The strings that match one of `include` and none of `exclude`. `include` of a single glob `*` is every string. */
export interface StringSet {
  readonly include: readonly Pattern[];
  readonly exclude: readonly Pattern[];
}

/** What a statement asks of one condition key. Several conditions on one key are already intersected. */
export interface KeySet {
  /** Lower-cased condition key, `oidc.eks.eu-west-1.amazonaws.com/id/abc:sub`. */
  readonly key: string;
  /** Conjunction: a value must be in every one of these sets. */
  readonly all: readonly StringSet[];
  /** True when a request that lacks the key satisfies the conditions too. */
  readonly absent: boolean;
}

/** One box of identities: everyone who matches the principal, uses one of the actions, and satisfies every key. */
export interface Grant {
  /** Index of the statement that it comes from. */
  readonly statement: number;
  readonly principal: PrincipalElement;
  /** The STS actions of role assumption that the statement covers, in IAM's spelling. */
  readonly actions: readonly string[];
  readonly keys: readonly KeySet[];
  /** Conditions that no identity alone decides (source address, time, …): kept, never dropped. */
  readonly undecided: readonly Condition[];
}

/** Whom a trust policy admits: those in some grant and in no exception. Exact, up to the `undecided` conditions. */
export interface Admitted {
  /** Of the document: how the values of `undecided` conditions read. */
  readonly version: PolicyVersion;
  readonly grants: readonly Grant[];
  /** From the Deny statements. */
  readonly exceptions: readonly Grant[];
}
