/** The parsed form of an IAM policy document. Every node keeps its JSON pointer, so that whatever is said of it can be located. */

/** `2008-10-17` documents take no policy variables; a document without `Version` is a `2008-10-17` one. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

export interface Policy {
  readonly version: PolicyVersion;
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Position in the document, from 0. */
  readonly index: number;
  /** JSON pointer of the statement, `/Statement/0`, or `/Statement` when the document holds a single object. */
  readonly pointer: string;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Absent in identity policies. */
  readonly principal?: PrincipalElement;
  readonly action: PatternElement;
  /** Absent in trust policies. */
  readonly resource?: PatternElement;
  readonly conditions: readonly Condition[];
}

/** `Principal` or, negated, `NotPrincipal`. Bare `"*"` is `everyone`; so is `{"AWS": "*"}`, which IAM treats alike. */
export interface PrincipalElement {
  readonly negated: boolean;
  readonly pointer: string;
  readonly everyone: boolean;
  readonly entries: readonly PrincipalEntry[];
}

export interface PrincipalEntry {
  readonly kind: PrincipalKind;
  /** As written: an ARN, an account id, a service name, an `AROA…` id, `*`. */
  readonly value: string;
  readonly pointer: string;
}

export type PrincipalKind = 'AWS' | 'Federated' | 'Service' | 'CanonicalUser';

/** `Action`, `NotAction`, `Resource` or `NotResource`: patterns as written. */
export interface PatternElement {
  readonly negated: boolean;
  readonly pointer: string;
  readonly patterns: readonly string[];
}

/** One operator and one key: several in a statement are ANDed, the values of one are ORed (NORed when negated). */
export interface Condition {
  readonly operator: Operator;
  /** As written; compare it lower-cased, condition keys are case-insensitive. */
  readonly key: string;
  /** As written, with numbers and booleans turned into their JSON text. */
  readonly values: readonly string[];
  readonly pointer: string;
}

export interface Operator {
  /** As written in the document, for messages. */
  readonly written: string;
  readonly set?: 'ForAllValues' | 'ForAnyValue';
  readonly name: OperatorName;
  readonly ifExists: boolean;
}

export const OPERATOR_NAMES = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Null',
] as const;

export type OperatorName = (typeof OPERATOR_NAMES)[number];

/** What is wrong with a document, and where. */
export interface Problem {
  /** `refused`: IAM would not store it. `misread`: IAM stores it and reads it otherwise than it looks. */
  readonly effect: 'refused' | 'misread';
  readonly code: string;
  /** JSON pointer of the nearest element, `''` for the whole document. */
  readonly pointer: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What is wrong and what IAM expects there, one sentence. */
  readonly message: string;
}

/** `policy` is null when any problem is `refused`. */
export interface ParseResult {
  readonly policy: Policy | null;
  readonly problems: readonly Problem[];
}

/**
 * Trust policies have principals and no resources, identity policies (and service control policies) the reverse; resource
 * control policies have both.
 */
export type PolicyKind = 'trust' | 'identity' | 'resource-control';
