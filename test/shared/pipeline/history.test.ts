import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Kept, memoryHistory, thinned } from '../../../shared/pipeline/history.ts';

const at = (minutes: number): Kept => ({
  takenAt: new Date(minutes * 60_000).toISOString(),
  key: `${minutes}`,
});

it('the newest snapshot before a time, not at it', async () => {
  const history = memoryHistory();
  for (const minutes of [10, 30, 20]) await history.keep('1', at(minutes).takenAt, `${minutes}`);
  expect(await history.before('1', at(30).takenAt)).toEqual(at(20));
  expect(await history.before('1', at(10).takenAt)).toBeNull();
  expect(await history.before('2', at(99).takenAt)).toBeNull();
});

it('whatever is kept: sorted, bounded, the newest and something of every day of the last 90', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 120 * 1440 }), { minLength: 1, maxLength: 200 }),
      (minutes) => {
        const order = minutes.toSorted((a, b) => a - b);
        const kept = order.reduce<readonly Kept[]>((all, each) => thinned(all, at(each)), []);
        const newest = Math.max(...minutes);
        expect(kept[0]).toEqual(at(newest));
        expect(kept.length).toBeLessThanOrEqual(20 + 25 + 91);
        const days = new Set(kept.map(({ key }) => Math.floor(Number(key) / 1440)));
        for (const each of minutes)
          if (newest - each < 88 * 1440) expect(days).toContain(Math.floor(each / 1440));
      },
    ),
    { numRuns: 60 },
  );
});
