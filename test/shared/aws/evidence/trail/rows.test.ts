import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COLUMNS } from '../../../../../shared/aws/evidence/trail/query.ts';
import { observationsIn } from '../../../../../shared/aws/evidence/trail/rows.ts';
import { notedSchema } from '../../../../../shared/evidence/record.ts';
import {
  agentRow,
  associationRow,
  callRow,
  otherRow,
  refusedWebRow,
  type TrailRow,
  webRow,
} from '../../../../support/trail-rows.ts';

const sound = fc.constantFrom(otherRow, webRow, refusedWebRow, agentRow, associationRow, callRow);
const cell = fc.oneof(fc.string({ maxLength: 40 }), fc.constant(null), fc.constant('x'.repeat(5000)));
const row: fc.Arbitrary<TrailRow> = fc
  .tuple(sound, fc.dictionary(fc.constantFrom(...COLUMNS), cell, { maxKeys: 3 }))
  .map(([make, changes]) => make(changes as TrailRow));
const cellsOf = (one: TrailRow) => COLUMNS.map((name) => one[name] ?? null);

it('rows of any content give observations that can be kept, or are counted as unreadable, and never throw', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      const of = observationsIn({ columns: COLUMNS, rows: rows.map(cellsOf) });
      const { evidence, unread } = of('111122223333');
      for (const one of evidence) expect(notedSchema.safeParse({ evidence: one }).error).toBeUndefined();
      const told = rows.filter(({ kind, account }) => kind !== 'other' && account === '111122223333');
      expect(evidence.length + unread).toBeLessThanOrEqual(rows.length);
      if (told.length > 0) expect(evidence.length + unread).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['too few cells', [cellsOf(webRow()).slice(1)], COLUMNS],
  ['too many cells', [[...cellsOf(webRow()), 'x']], COLUMNS],
  ['columns in another order', [cellsOf(webRow())], [...COLUMNS].reverse()],
])('%s are not read', (_what, rows, columns) => {
  expect(observationsIn({ columns, rows })('111122223333')).toMatchObject({
    evidence: [],
    unread: 1,
    held: new Map(),
  });
});
