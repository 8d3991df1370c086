import * as z from 'zod';
import type { Snapshot } from '../estate/snapshot.ts';
import { type Finding, whereSchema } from './finding.ts';

/** What an audit could not decide: the checks of one rule, or of every rule when none is named, at a place. */
export const doubtSchema = z.strictObject({ rule: z.string().optional(), where: whereSchema });

export type Doubt = Readonly<z.infer<typeof doubtSchema>>;

/** A check that a rule could not decide, as the rules give it. */
interface UndecidedCheck {
  readonly rule: { readonly name: string };
  readonly where: Doubt['where'];
}

const PLACE = ['account', 'region', 'cluster', 'namespace', 'serviceAccount', 'role', 'principal'] as const;

/** Reads without which nothing of an account is known: its read role, and its collection as a whole. */
const WHOLE_READS = new Set(['sts:AssumeRole', 'podtrust:collect']);

/**
 * What an audit of an account leaves open: the checks that its rules could not decide, and everything when the account
 * was not read at all or could not be entered.
 */
export function doubtsOf(
  account: string,
  snapshot: Snapshot,
  undecided: readonly UndecidedCheck[],
): readonly Doubt[] {
  const read = snapshot.accounts.some(({ id }) => id === account);
  const entered = !snapshot.coverage.some(
    (gap) => WHOLE_READS.has(gap.read) && (gap.account ?? account) === account,
  );
  if (!read || !entered) return [{ where: { account } }];
  return undecided.map(({ rule, where }) => ({ rule: rule.name, where }));
}

/**
 * Whether a doubt leaves a finding open. Places that do not contradict each other count as the same, since the
 * undecided check may have been about this very finding: unknown never resolves.
 */
export function covers(doubt: Doubt, { rule, ...finding }: Pick<Finding, 'rule'> & Finding): boolean {
  if (doubt.rule !== undefined && doubt.rule !== rule) return false;
  return PLACE.every((name) => {
    const doubted = doubt.where[name];
    const found = finding[name];
    return doubted === undefined || found === undefined || doubted === found;
  });
}
