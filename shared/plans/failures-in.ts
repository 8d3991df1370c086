import type { Config } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import type { Failure } from '../rules/define-rule.ts';
import { judge } from '../rules/judge.ts';
import type { PlanContext } from './plan-context.ts';

const judged = new WeakMap<Estate, { readonly config: Config; readonly failures: readonly Failure[] }>();

/** What the rules find in an estate, which is judged once. */
export function failuresIn({ estate, config }: Pick<PlanContext, 'estate' | 'config'>): readonly Failure[] {
  let found = judged.get(estate);
  if (found === undefined || found.config !== config) {
    found = { config, failures: judge(estate, config).failures };
    judged.set(estate, found);
  }
  return found.failures;
}

/** What a judgement of the estate found, so that plans for it need no second one. */
export function rememberFailures(estate: Estate, config: Config, failures: readonly Failure[]): void {
  judged.set(estate, { config, failures });
}
