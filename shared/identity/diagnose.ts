import type { Estate, RoleView, Trust } from '../estate/estate.ts';
import { bounded } from './bounded.ts';
import { diagnosePodIdentity } from './diagnose-pod-identity.ts';
import { diagnoseWebIdentity } from './diagnose-web-identity.ts';
import { type Diagnosis, type Fault, rankOf, type Undecided } from './fault.ts';
import { invalidities, statementOf, whereIs } from './invalidity.ts';
import { allowsOf } from './statements.ts';

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
  for (const statement of allowsOf(compiled)) {
    const web = diagnoseWebIdentity(statement, compiled, role, estate);
    const pod = diagnosePodIdentity(statement, compiled, role, estate);
    undecided.push(...web.undecided, ...pod.undecided);
    const misread = invalid.some((fault) => fault.statement === statement.statement.index);
    const [root] = [...web.faults, ...pod.faults].sort((a, b) => rankOf(a.rule) - rankOf(b.rule));
    if (root !== undefined && !misread) faults.push(root);
  }
  return { faults: distinct(faults), undecided: distinctUndecided(undecided) };
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
      detail: bounded(`${whereIs(first)}: ${first.message}${others}`),
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
