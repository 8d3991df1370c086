import { describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { type Snapshot, snapshotSchema } from '../../shared/estate/snapshot.ts';
import type { Severity } from '../../shared/findings/finding.ts';
import type { Failure, Rule } from '../../shared/rules/define-rule.ts';
import { wholeScope } from '../../shared/rules/scope.ts';

export type Expected = 'pass' | 'fail' | 'unknown' | 'not applicable';

export interface RuleCase {
  /** One sentence about the estate. */
  readonly when: string;
  readonly estate: Snapshot;
  readonly is: Expected;
  readonly config?: Partial<Config>;
  readonly severity?: Severity;
  /** Matched against the detail of a failure or the reason of an unknown. */
  readonly says?: RegExp;
  readonly count?: number;
}

/** Judges an estate by one rule: fail before unknown before pass. */
export function judgeBy(rule: Rule, estate: Snapshot, config: Partial<Config> = {}) {
  return rule.judge(wholeScope(buildEstate(estate), { ...defaultConfig, ...config }));
}

/** The only failure of a rule, for looking closer. */
export function onlyFailure(rule: Rule, estate: Snapshot, config: Partial<Config> = {}): Failure {
  const { failures } = judgeBy(rule, estate, config);
  expect(failures).toHaveLength(1);
  const [failure] = failures;
  if (failure === undefined) throw new Error('unreachable: one failure was expected');
  return failure;
}

/**
 * Runs a table of cases for one rule. Each verdict must occur in it; one that the rule cannot give is named in `never`
 * with the reason.
 */
export function ruleCases(
  rule: Rule,
  cases: readonly RuleCase[],
  never: Partial<Record<Expected, string>> = {},
): void {
  describe(rule.name, () => {
    it.each(cases.map((one) => [one.is, one.when, one] as const))('%s: %s', (_is, _when, one) => {
      expect(snapshotSchema.safeParse(one.estate).error).toBeUndefined();
      const { failures, undecided, passed } = judgeBy(rule, one.estate, one.config);
      const verdict =
        failures.length > 0
          ? 'fail'
          : undecided.length > 0
            ? 'unknown'
            : passed > 0
              ? 'pass'
              : 'not applicable';
      expect({ verdict, details: failures.map(({ detail }) => detail) }).toMatchObject({ verdict: one.is });
      if (one.severity !== undefined)
        expect(failures.map(({ severity }) => severity)).toEqual([one.severity]);
      if (one.says !== undefined) expect(failures[0]?.detail ?? undecided[0]?.reason).toMatch(one.says);
      if (one.count !== undefined) expect(failures.length + undecided.length).toBe(one.count);
    });

    it.each(['pass', 'fail', 'unknown', 'not applicable'] as const)(
      'has a case whose verdict is %s',
      (verdict) => {
        if (never[verdict] === undefined) expect(cases.map(({ is }) => is)).toContain(verdict);
        else expect(cases.map(({ is }) => is)).not.toContain(verdict);
      },
    );
  });
}
