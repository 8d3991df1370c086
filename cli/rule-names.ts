import { rules } from '../shared/rules/index.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Turns `--rule` values, names or PT-numbers, into names. Throws UsageError with the nearest name for an unknown one. */
export function checkRules(wanted: readonly string[] | undefined): string[] | undefined {
  return wanted?.map((text) => ruleNamed(text).name);
}

/** The rule of a name or PT-number. Throws UsageError with the nearest name. */
export function ruleNamed(text: string): (typeof rules)[number] {
  const rule = rules.find((one) => one.name === text || one.number.toLowerCase() === text.toLowerCase());
  if (rule !== undefined) return rule;
  const meant = nearest(
    text,
    rules.map((one) => one.name),
  );
  const hint = meant === null ? '' : `; nearest is "${meant}"`;
  throw new UsageError(`there is no rule "${text}"${hint} (podtrust rules lists all).`);
}
