import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortedRuns } from '../../../../shared/audit/parts/sorted-runs.ts';
import { kept } from '../../../support/in-parts.ts';

interface Thing {
  readonly rank: number;
  readonly at: number;
}

const byRank = (a: Thing, b: Thing): number => a.rank - b.rank;

it('things come out as one sort would leave them, equal ones in the order in which they came, as often as they are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { maxLength: 12 }),
      fc.nat(7),
      async (ranks, most) => {
        let spilled = 0;
        const runs = sortedRuns<Thing>(byRank, JSON.parse, {
          most,
          spill: (lines) => {
            spilled += 1;
            return kept(lines);
          },
        });
        let at = 0;
        const batches = ranks.map((batch) => batch.map((rank) => ({ rank, at: at++ })));
        for (const batch of batches) await runs.add(batch);
        const sorted = batches.flat().sort(byRank);
        expect(await Array.fromAsync(runs.all())).toEqual(sorted);
        expect(await Array.fromAsync(runs.all())).toEqual(sorted);
        expect(runs.size()).toBe(sorted.length);
        expect(spilled > 0).toBe(
          sorted.length > 0 && batches.some((_, end) => batches.slice(0, end + 1).flat().length > most),
        );
      },
    ),
  );
});
