import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import type { Failure, Undecided } from '../../../../shared/rules/define-rule.ts';
import { rules } from '../../../../shared/rules/index.ts';
import { judge } from '../../../../shared/rules/judge.ts';
import { judgedInScan } from '../../../support/in-scan.ts';
import { apart, mixedOrganization, specimens } from '../../../support/mixed-organizations.ts';

/** What is told of one account, in an order of its own. */
function toldOf(account: string, failures: readonly Failure[], undecided: readonly Undecided[]) {
  const own = <Told extends Failure | Undecided>(all: readonly Told[]) =>
    all.filter(({ where }) => where.account === account);
  return {
    failures: own(failures)
      .map(({ rule, severity, where, detail, evidence, consequences, identity, repair }) =>
        JSON.stringify({
          rule: rule.name,
          severity,
          where,
          detail,
          evidence,
          consequences,
          identity,
          repair,
        }),
      )
      .sort(),
    undecided: own(undecided)
      .map(({ rule, where, read, reason, whole }) =>
        JSON.stringify({ rule: rule.name, where, read, reason, whole }),
      )
      .sort(),
  };
}

async function expectSame(snapshot: Snapshot, config: Config): Promise<void> {
  const whole = judge(buildEstate(snapshot), config);
  for (const [account, { judgement }] of await judgedInScan(snapshot, config))
    expect(toldOf(account, judgement.failures, judgement.undecided)).toEqual(
      toldOf(account, whole.failures, whole.undecided),
    );
}

const named = rules.map((rule) => [rule.name, rule] as const);

describe('a scan finds of each account what judging all accounts at once finds', () => {
  it.each(named)('in the examples of %s', async (_, rule) => {
    for (const { snapshot, config } of Object.values(rule.examples()))
      await expectSame(canonicalSnapshot(snapshot), { ...defaultConfig, ...config });
  });

  it.each(named)('in the examples of %s with its roles in another account', async (_, rule) => {
    for (const { snapshot, config = {} } of Object.values(rule.examples())) {
      const split = apart({ snapshot, config });
      await expectSame(canonicalSnapshot(split.snapshot), { ...defaultConfig, ...split.config });
    }
  });

  it('however accounts hang on each other', async () => {
    const all = specimens();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(all.length - 1), { minLength: 2, maxLength: 7 }),
        fc.nat(),
        async (indexes, seed) => {
          const { snapshot, config } = mixedOrganization(
            indexes.flatMap((index) => all[index] ?? []),
            seed,
          );
          await expectSame(snapshot, config);
        },
      ),
      { numRuns: Number(process.env['PARTS_RUNS'] ?? 30) },
    );
  });
});
