import { compare } from '../../iam/compare.ts';
import type { Comparison, Witness } from '../../iam/comparison.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Policy, Statement } from '../../iam/policy.ts';
import { canonicalJson } from '../change.ts';
import type { Shown } from '../proof.ts';
import { classesOf, concerned } from './concerned.ts';

/** A trust policy before and after a change, and the statements that say who is meant to get in by it. */
export interface TrustEdit {
  /** ARN of the role. */
  readonly role: string;
  readonly before: string;
  readonly after: string;
  /** A trust policy that admits exactly those who are meant to get in anew; null when nobody is. */
  readonly intended: string | null;
}

/** What is shown of an edit, and whether it lets somebody in or keeps somebody out. */
export interface TrustProof {
  readonly shown: readonly Shown[];
  /** True also where it is not known: what is not shown to add nobody counts as adding. */
  readonly adds: boolean;
  readonly removes: boolean;
}

/**
 * Shows that everyone who is meant gets in afterwards, and that nobody gets in afterwards who neither got in before nor
 * is meant. What the Deny statements of the policy before take away is not counted as meant, so that the second claim is
 * at most stricter. Never throws; a text that IAM would refuse proves nothing.
 */
export function proveTrust({ role, before, after, intended }: TrustEdit): TrustProof {
  const [old, new_] = [policyOf(before), policyOf(after)];
  const meant = intended === null ? null : policyOf(intended);
  if (old === null || new_ === null || (intended !== null && meant === null)) {
    const reason = 'IAM would refuse one of the documents.';
    return {
      shown: claims(role).map((claim) => ({ ...claim, holds: 'undecided', reason })),
      adds: true,
      removes: true,
    };
  }
  const classes = classesOf([...changed(before, old, after, new_), ...(meant?.statements ?? [])]);
  const [from, to] = [concerned(old, classes), concerned(new_, classes)];
  const whole = compare(from, to);
  const joint = intended === null ? null : policyOf(joined(before, intended));
  const union = joint === null ? null : concerned(joint, classes);
  return {
    shown: [
      ...(meant === null ? [] : [shown('intended-in-after', role, compare(meant, to), 'lost')]),
      shown('after-in-before-or-intended', role, union === null ? whole : compare(union, to), 'gained'),
    ],
    adds: side(whole, 'gained').holds !== 'yes',
    removes: side(whole, 'lost').holds !== 'yes',
  };
}

/** True when a trust policy is sure to admit everyone whom another does. */
export function admitsAll(text: string, meant: string): boolean {
  const [policy, other] = [policyOf(text), policyOf(meant)];
  if (policy === null || other === null) return false;
  return side(compare(other, concerned(policy, classesOf(other.statements))), 'lost').holds === 'yes';
}

const claims = (target: string) =>
  (['intended-in-after', 'after-in-before-or-intended'] as const).map((claim) => ({ claim, target }));

function policyOf(text: string): Policy | null {
  return parsePolicy(text, 'trust').policy;
}

/** The statements that only one of two policies has. */
function changed(before: string, old: Policy, after: string, new_: Policy): Statement[] {
  const [was, is] = [textsOf(before), textsOf(after)];
  return [
    ...old.statements.filter(({ index }) => !is.includes(was[index] ?? '')),
    ...new_.statements.filter(({ index }) => !was.includes(is[index] ?? '')),
  ];
}

function textsOf(text: string): string[] {
  const { Statement }: { readonly Statement?: unknown } = JSON.parse(text);
  return [Statement ?? []].flat().map(canonicalJson);
}

/** One policy with the statements of both. */
function joined(one: string, other: string): string {
  const documents = [one, other].map((text): { readonly Statement?: unknown } => JSON.parse(text));
  const statements = documents.flatMap(({ Statement }) => Statement ?? []);
  return JSON.stringify({ ...documents[0], Statement: statements });
}

function shown(claim: Shown['claim'], target: string, comparison: Comparison, which: Direction): Shown {
  return { claim, target, ...side(comparison, which) };
}

type Direction = 'gained' | 'lost';

/** Whether nobody is gained, or lost, from one policy to another. */
function side(
  comparison: Comparison,
  which: Direction,
): { readonly holds: 'yes' | 'no' | 'undecided'; readonly witness?: string; readonly reason?: string } {
  const witness = witnessOf(comparison, which);
  if (witness !== undefined) return { holds: 'no', witness: witness.text };
  switch (comparison.relation) {
    case 'undecided':
    case 'too-complex':
      return { holds: 'undecided', reason: comparison.reason };
    case 'widened':
      return which === 'lost' && comparison.lossUndecided !== undefined
        ? { holds: 'undecided', reason: comparison.lossUndecided }
        : { holds: 'yes' };
    case 'equal':
    case 'tightened':
    case 'incomparable':
      return { holds: 'yes' };
  }
}

function witnessOf(comparison: Comparison, which: Direction): Witness | undefined {
  switch (comparison.relation) {
    case 'equal':
      return undefined;
    case 'tightened':
      return which === 'lost' ? comparison.lost : undefined;
    case 'widened':
      return which === 'gained' ? comparison.gained : undefined;
    case 'incomparable':
    case 'undecided':
    case 'too-complex':
      return comparison[which];
  }
}
