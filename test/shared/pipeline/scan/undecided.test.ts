import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UndecidedCount } from '../../../../shared/findings/finding.ts';
import { clustersToTell, undecidedIn } from '../../../../shared/pipeline/scan/undecided.ts';
import { findingOf } from '../../../support/findings.ts';

const A = '111111111111';
const B = '222222222222';

describe('what a scan did not decide', () => {
  it('is told by cluster, and of an account that nothing was judged of as every rule', () => {
    const all = undecidedIn(new Set(), 2);
    all.add([{ rule: 'r', account: A, cluster: 'prod', count: 2 }]);
    all.unjudged(B);
    expect(all.counts()).toEqual([
      { rule: '*', account: B, count: 1, whole: true },
      { rule: 'r', account: A, cluster: 'prod', count: 2 },
    ]);
  });

  it('of very many accounts is told by cluster for those with the most findings, and by rule for the others', () => {
    const all = undecidedIn(new Set([`${A}/prod`]), 10_000);
    all.add([
      { rule: 'r', account: A, cluster: 'prod', count: 1 },
      { rule: 'r', account: A, cluster: 'test', count: 2 },
      { rule: 'r', account: A, count: 3, whole: true },
    ]);
    all.add([{ rule: 'r', account: B, cluster: 'prod', count: 4, whole: true }]);
    all.unjudged(B);
    expect(all.counts()).toEqual([
      { rule: '*', account: '', count: 1 },
      { rule: 'r', account: '', count: 6 },
      { rule: 'r', account: A, count: 3, whole: true },
      { rule: 'r', account: A, cluster: 'prod', count: 1 },
    ]);
  });

  it('is the same in whatever order accounts are read, and loses no check', () => {
    const some = fc.array(
      fc.record({
        rule: fc.constantFrom('r', 's'),
        account: fc.constantFrom(A, B),
        cluster: fc.constantFrom('a', 'b', 'c'),
        count: fc.integer({ min: 1, max: 5 }),
      }) satisfies fc.Arbitrary<UndecidedCount>,
    );
    fc.assert(
      fc.property(some, (counts) => {
        const of = (order: readonly UndecidedCount[]) => {
          const all = undecidedIn(new Set([`${A}/a`]), 5_000);
          for (const one of order) all.add([one]);
          return all.counts();
        };
        const forward = of(counts);
        expect(of([...counts].reverse())).toEqual(forward);
        const sum = (list: readonly UndecidedCount[]) => list.reduce((all, { count }) => all + count, 0);
        expect(sum(forward)).toBe(sum(counts));
      }),
    );
  });

  it('tells apart the hundred clusters with the most open findings', () => {
    const findings = Array.from({ length: 120 }, (_, index) =>
      findingOf({ account: A, cluster: `c${String(index).padStart(3, '0')}` }),
    );
    const crowded = [
      findingOf({ account: A, cluster: 'c119' }),
      findingOf({ account: A, cluster: 'x', status: 'waived' }),
    ];
    const told = clustersToTell([...findings, ...crowded]);
    expect(told.size).toBe(100);
    expect([...told][0]).toBe(`${A}/c119`);
    expect(told.has(`${A}/x`)).toBe(false);
  });
});
