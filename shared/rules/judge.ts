import type { Config } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import type { Failure, Rule, Undecided } from './define-rule.ts';
import { rules as registry } from './index.ts';
import { accountsScope, type Focus, focusedScope, type Scope, wholeScope } from './scope.ts';

/** What the rules say, put together. */
export interface Judgement {
  readonly failures: readonly Failure[];
  readonly undecided: readonly Undecided[];
}

/** Asks rules about the whole estate, or, with a focus, about one role or mapping alone. */
export function judge(
  estate: Estate,
  config: Config,
  focus?: Focus,
  rules: readonly Rule[] = registry,
): Judgement {
  return judgeScope(
    focus === undefined ? wholeScope(estate, config) : focusedScope(estate, config, focus),
    rules,
  );
}

/** Asks rules about some accounts of an estate alone. */
export function judgeAccounts(
  estate: Estate,
  config: Config,
  accounts: ReadonlySet<string>,
  rules: readonly Rule[] = registry,
): Judgement {
  return judgeScope(accountsScope(estate, config, accounts), rules);
}

function judgeScope(scope: Scope, rules: readonly Rule[]): Judgement {
  const failures: Failure[] = [];
  const undecided: Undecided[] = [];
  for (const rule of rules) {
    const judged = rule.judge(scope);
    for (const failure of judged.failures) failures.push(failure);
    for (const one of judged.undecided) undecided.push(one);
  }
  return { failures, undecided };
}

/** The open rules about one role or mapping: what is exposed, and what of it could not be decided. */
export function judgeOpen(estate: Estate, config: Config, focus: Focus): Judgement {
  return judge(
    estate,
    config,
    focus,
    registry.filter((rule) => rule.kind === 'open'),
  );
}
