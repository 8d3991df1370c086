import type { Rule } from './define-rule.ts';
import useKubernetesAccess from './use-kubernetes-access.ts';

/** Every rule, by number. */
export const rules: readonly Rule[] = [useKubernetesAccess];

/** The rule of a name, or undefined. */
export function ruleNamed(name: string): Rule | undefined {
  return byName.get(name);
}

const byName = new Map(rules.map((rule) => [rule.name, rule]));
