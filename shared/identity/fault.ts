/** The language of diagnosis: one root cause in a trust policy, and what could not be decided about it. */
import type { ClusterView } from '../estate/estate.ts';
import type { Evidence } from '../findings/finding.ts';
import type { Repair } from './chain.ts';

/** Rules that a trust policy's root causes go under, most specific first: the order in which one of several is named. */
const TRUST_RULES = [
  'no-invalid-trust-policy',
  'use-iam-oidc-provider',
  'no-stale-issuer',
  'no-unknown-provider',
  'use-sts-audience',
  'no-wrong-assume-action',
  'no-mismatched-condition-key',
  'no-literal-wildcard',
  'no-malformed-subject',
  'no-wrong-audience',
  'no-unsatisfiable-trust',
] as const;

export type TrustRule = (typeof TRUST_RULES)[number];

/** One root cause in one trust policy: something it is meant to admit that it does not admit. */
export interface Fault {
  readonly rule: TrustRule;
  /** Index of the statement at fault, or null when the whole document is. */
  readonly statement: number | null;
  /** The live cluster that the statement means, where one is recognized. */
  readonly cluster?: ClusterView;
  /** Set when the statement means exactly one ServiceAccount. */
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** What is wrong and, where a near miss is recognized, what was probably meant. One or two sentences. */
  readonly detail: string;
  readonly evidence: Evidence;
  /** Names of the rules that would have fired too, had this cause not explained them. */
  readonly consequences: readonly string[];
  /** What tells this fault from others of its rule in the same role: independent of statement order and Sids. */
  readonly identity: string;
  readonly repair: Repair | null;
}

/** A rule that could not be decided for a trust policy, with the read that would decide it. */
export interface Undecided {
  readonly rule: TrustRule;
  readonly statement: number | null;
  /** The call that is missing, `iam:ListOpenIDConnectProviders`, or `kubernetes:serviceaccounts`. */
  readonly read: string;
  readonly reason: string;
}

/** The outcome of `diagnoseTrust`. A rule in neither list holds for the policy. */
export interface Diagnosis {
  readonly faults: readonly Fault[];
  readonly undecided: readonly Undecided[];
}

/** Position in the order of root causes; rules outside it come last. */
export function rankOf(rule: string): number {
  const rank = (TRUST_RULES as readonly string[]).indexOf(rule);
  return rank < 0 ? TRUST_RULES.length : rank;
}
