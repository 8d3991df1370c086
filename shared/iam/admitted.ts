import type { Admitted, Grant, KeySet } from './admitted-types.ts';
import { coveredActions } from './assume-actions.ts';
import { conditionSet } from './languages/from-condition.ts';
import { isMultiValued } from './multi-valued.ts';
import type { Condition, Policy, PolicyVersion, PrincipalElement, Statement } from './policy.ts';

/**
 * Whom a trust policy admits, as boxes: one grant for each Allow statement, one exception for each Deny. Exact for the
 * string and Arn operators and `Null`; what depends on numbers, dates, addresses, booleans, policy variables or keys
 * with several values stays in `undecided`. Takes any parsed policy and never throws.
 */
export function admitted(policy: Policy): Admitted {
  const boxes = (effect: Statement['effect']) =>
    policy.statements
      .filter((statement) => statement.effect === effect)
      .map((statement) => grantOf(statement, policy.version));
  return { version: policy.version, grants: boxes('Allow'), exceptions: boxes('Deny') };
}

function grantOf(statement: Statement, version: PolicyVersion): Grant {
  const keys = new Map<string, KeySet>();
  const undecided: Condition[] = [];
  for (const condition of statement.conditions) {
    const asked = keySet(condition, version);
    if (asked === null) undecided.push(condition);
    else keys.set(asked.key, intersection(keys.get(asked.key), asked));
  }
  return {
    statement: statement.index,
    principal: statement.principal ?? anyone(statement),
    actions: coveredActions(statement.action),
    keys: [...keys.values()],
    undecided,
  };
}

function keySet(condition: Condition, version: PolicyVersion): KeySet | null {
  const key = condition.key.toLowerCase();
  if (isMultiValued(key) && condition.operator.name !== 'Null') return null;
  const asked = conditionSet(condition, version);
  return asked === null ? null : { key, all: [asked.set], absent: asked.absent };
}

function intersection(one: KeySet | undefined, other: KeySet): KeySet {
  if (one === undefined) return other;
  return { key: one.key, all: [...one.all, ...other.all], absent: one.absent && other.absent };
}

/** A statement without principal, as in identity policies, speaks of whoever it is attached to. */
function anyone(statement: Statement): PrincipalElement {
  return { negated: false, pointer: statement.pointer, everyone: true, entries: [] };
}
