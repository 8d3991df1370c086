import type { Trust } from '../estate/estate.ts';
import { compare } from '../iam/compare.ts';
import { type CompiledPolicy, compile } from '../iam/compile.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Statement } from '../iam/policy.ts';
import { bounded } from './bounded.ts';
import type { Repair } from './chain.ts';
import type { Inspection } from './flaw.ts';
import { editPolicy, type JsonObject, type PolicyEdit, prettyPolicy } from './policy-edit.ts';

/** What a repair of a trust policy has to bring about. */
export interface RepairGoal {
  /** Who is to be let in, for the words: "system:serviceaccount:shop:api of cluster prod". */
  readonly whom: string;
  readonly achieved: (policy: CompiledPolicy) => boolean;
  /** True when a mended statement lets in nobody beyond those whom it names one by one. */
  readonly exact: (statement: Statement) => boolean;
  /** The statement that lets in exactly the one in question. */
  readonly statement: JsonObject;
}

/**
 * The smallest edit of a trust policy that reaches the goal: mending the nearest statement where that admits nobody but
 * those it names, else a statement of its own, in the place of the nearest where that admits nobody, or beside the others. Words alone where no addition can help (a Deny).
 */
export function repairTrust(trust: Trust, nearest: Inspection | null, goal: RepairGoal): Repair {
  const before = prettyPolicy(trust.text);
  const mended = nearest === null ? null : mendStatement(trust.text, nearest, goal);
  if (mended !== null && nearest !== null) {
    const text = `Change statement ${nearest.statement.index + 1} of the trust policy so that it admits ${goal.whom}: ${editWords(nearest.flaws.flatMap(({ edits }) => edits))}.`;
    return { text: bounded(text), before, after: mended };
  }
  const replaced = nearest === null ? null : replaceDead(trust, nearest.statement.index, goal);
  if (replaced !== null && nearest !== null) {
    const text = `Put a statement that admits ${goal.whom} and nobody else in the place of statement ${nearest.statement.index + 1} of the trust policy, which admits nobody.`;
    return { text: bounded(text), before, after: replaced };
  }
  const added = editPolicy(trust.text, [{ kind: 'add-statement', statement: goal.statement }]);
  if (added !== null && reaches(added, goal)) {
    return {
      text: `Add a statement to the trust policy that admits ${goal.whom} and nobody else.`,
      before,
      after: added,
    };
  }
  return { text: bounded(withoutEdit(trust, goal)) };
}

/** What to do where no edit can be offered. */
function withoutEdit({ parse, policy }: Trust, { whom }: RepairGoal): string {
  const repeated = parse.problems.find(({ code }) => code === 'duplicate-key');
  if (repeated !== undefined) {
    return `${lastSegment(repeated.pointer)} stands more than once in one object of the trust policy, and only the last one counts: write it once, with the values of all of them in one list.`;
  }
  if (policy?.statements.some(({ effect }) => effect === 'Deny') === true) {
    return `A Deny statement of the trust policy keeps ${whom} out: narrow or remove it.`;
  }
  return `No single edit of the trust policy admits ${whom}: write it anew, with a statement for each of those that it is to admit.`;
}

function mendStatement(text: string, nearest: Inspection, goal: RepairGoal): string | null {
  const { flaws, statement } = nearest;
  if (flaws.length === 0 || flaws.some(({ edits }) => edits.length === 0)) return null;
  const after = editPolicy(
    text,
    flaws.flatMap(({ edits }) => edits),
  );
  if (after === null || !reaches(after, goal)) return null;
  const addsNameOnly = flaws.every(
    ({ aspect, edits }) => aspect === 'subject' && edits.every(({ kind }) => kind === 'add-value'),
  );
  if (addsNameOnly) return after;
  const changed = parsePolicy(after, 'trust').policy?.statements[statement.index];
  return changed !== undefined && goal.exact(changed) ? after : null;
}

/**
 * The policy with the statement in question in the place of one that admits nobody; null where anybody would be lost by
 * that, and where the statement was meant for others as well.
 */
function replaceDead({ text, policy }: Trust, index: number, goal: RepairGoal): string | null {
  if (policy?.statements[index]?.principal?.entries.length !== 1) return null;
  const after = editPolicy(text, [{ kind: 'replace-statement', index, statement: goal.statement }]);
  const changed = after === null ? null : parsePolicy(after, 'trust').policy;
  if (after === null || changed === null || !goal.achieved(compile(changed))) return null;
  const { relation } = compare(policy, changed);
  return relation === 'widened' || relation === 'equal' ? after : null;
}

function reaches(text: string, goal: RepairGoal): boolean {
  const { policy } = parsePolicy(text, 'trust');
  return policy !== null && goal.achieved(compile(policy));
}

function editWords(edits: readonly PolicyEdit[]): string {
  return edits.map(oneEdit).join(', ');
}

function oneEdit(edit: PolicyEdit): string {
  switch (edit.kind) {
    case 'replace-value':
      return `"${edit.to}" in place of "${edit.from}"`;
    case 'add-value':
      return `"${edit.value}" added beside what ${lastSegment(edit.pointer)} has`;
    case 'rename-key':
      return `the key "${edit.key}" in place of "${lastSegment(edit.pointer)}"`;
    case 'remove-condition':
      return `the condition on ${lastSegment(edit.pointer)} taken out`;
    case 'add-statement':
      return 'a statement added';
    case 'replace-statement':
      return `another statement in the place of statement ${edit.index + 1}`;
  }
}

function lastSegment(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replace(/~1/g, '/')
    .replace(/~0/g, '~');
}
