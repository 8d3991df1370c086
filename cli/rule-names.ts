import { rules } from '../shared/rules/index.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Turns `--rule` values, names or PT-numbers, into names. Throws UsageError with the nearest name for an unknown one. */
export function checkRules(wanted: readonly string[] | undefined): string[] | undefined {
  return wanted?.map((text) => ruleNamed(text).name);
}

/** How a rule is named. */
export type NamedRule = Pick<(typeof rules)[number], 'name' | 'number'>;

/** The rule of a name or PT-number. Throws UsageError with the nearest name. */
export function ruleNamed(text: string): (typeof rules)[number] {
  return ruleAmong(rules, text);
}

/** The one of these rules that has a name or PT-number. Throws UsageError with the nearest name. */
export function ruleAmong<Rule extends NamedRule>(among: readonly Rule[], text: string): Rule {
  const rule = among.find((one) => one.name === text || one.number.toLowerCase() === text.toLowerCase());
  if (rule !== undefined) return rule;
  const meant = nearest(
    text,
    among.map((one) => one.name),
  );
  const hint = meant === null ? '' : `; nearest is "${meant}"`;
  throw new UsageError(`there is no rule "${text}"${hint} (podtrust rules lists all).`);
}
