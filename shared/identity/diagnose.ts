import type { Estate, RoleView, Trust } from '../estate/estate.ts';
import type { Problem } from '../iam/policy.ts';
import { diagnosePodIdentity } from './diagnose-pod-identity.ts';
import { diagnoseWebIdentity } from './diagnose-web-identity.ts';
import { type Diagnosis, type Fault, rankOf, type Undecided } from './fault.ts';

/**
 * Finds the one most specific root cause of each web-identity and Pod Identity statement that cannot do what it is
 * meant to do. Statements for other identity providers (GitHub, Cognito, SAML, …) are none of its business, nor is a
 * statement whose ServiceAccounts the policy admits by another one. Never throws.
 */
export function diagnoseTrust(role: RoleView, estate: Estate): Diagnosis {
  const trust = role.trust();
  const { compiled } = trust;
  const invalid = invalidFaults(trust);
  if (compiled === null) return { faults: invalid, undecided: [] };
  const faults: Fault[] = [...invalid];
  const undecided: Undecided[] = [];
  for (const statement of compiled.allows) {
    const web = diagnoseWebIdentity(statement, compiled, role, estate);
    const pod = diagnosePodIdentity(statement, compiled, role, estate);
    undecided.push(...web.undecided, ...pod.undecided);
    const misread = invalid.some((fault) => fault.statement === statement.statement.index);
    const [root] = [...web.faults, ...pod.faults].sort((a, b) => rankOf(a.rule) - rankOf(b.rule));
    if (root !== undefined && !misread) faults.push(root);
  }
  return { faults: distinct(faults), undecided: distinctUndecided(undecided) };
}

/**
 * What IAM stores and reads otherwise than it looks. Left out are spellings that IAM forgives, and values whose mistake
 * has a rule of its own.
 */
const MISREAD: ReadonlySet<string> = new Set([
  'duplicate-key',
  'no-values',
  'literal-variable',
  'unreadable-value',
  'imprecise-number',
]);

/** The problems for which a document counts as invalid: all that IAM refuses, and what it misreads. */
export function invalidities(trust: Trust): readonly Problem[] {
  return trust.parse.problems.filter(({ effect, code }) => effect === 'refused' || MISREAD.has(code));
}

function invalidFaults(trust: Trust): Fault[] {
  const problems = invalidities(trust);
  const [first, ...more] =
    trust.policy === null ? problems.filter(({ effect }) => effect === 'refused') : problems;
  if (first === undefined) return [];
  const others =
    more.length === 0 ? '' : ` ${more.length} more ${more.length === 1 ? 'problem' : 'problems'} like it.`;
  return [
    {
      rule: 'no-invalid-trust-policy',
      statement: statementOf(first.pointer),
      detail: `${whereIs(first)}: ${first.message}${others}`,
      evidence: {
        code: first.code,
        pointer: first.pointer,
        line: first.line,
        column: first.column,
        effect: first.effect,
      },
      consequences: [],
      identity: first.code,
      repair: null,
    },
  ];
}

/** A problem's place in words. */
export function whereIs({ line, column, pointer }: Problem): string {
  return `Line ${line}, column ${column}${pointer === '' ? '' : ` (${pointer})`}`;
}

/** Index of the statement that a pointer leads into, or null. */
export function statementOf(pointer: string): number | null {
  const match = /^\/statement(?:\/(\d+))?(?:\/|$)/i.exec(pointer);
  return match === null ? null : Number(match[1] ?? 0);
}

function distinct(faults: readonly Fault[]): Fault[] {
  const name = (fault: Fault) => `${fault.rule} ${fault.identity}`;
  return faults.filter((fault, index) => faults.findIndex((other) => name(other) === name(fault)) === index);
}

function distinctUndecided(undecided: readonly Undecided[]): Undecided[] {
  const name = ({ rule, read, reason }: Undecided) => `${rule} ${read} ${reason}`;
  return undecided.filter(
    (one, index) => undecided.findIndex((other) => name(other) === name(one)) === index,
  );
}
