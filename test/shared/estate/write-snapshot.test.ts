import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkSnapshot, parseSnapshot } from '../../../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { canonicalSnapshot, writeSnapshot } from '../../../shared/estate/write-snapshot.ts';
import whole from '../../fixtures/stub-account.json' with { type: 'json' };

const parsed = checkSnapshot(whole);
if ('error' in parsed) throw new Error(parsed.error);
const { snapshot } = parsed;

/** The same data with every list and every object's keys in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item) => ({ item: shuffled(item, random), at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, at: random() }));
  return Object.fromEntries(
    entries.sort((a, b) => a.at - b.at).map(({ key, item }) => [key, shuffled(item, random)]),
  );
}

it('writes the same bytes for the same snapshot in any order', () => {
  const text = writeSnapshot(snapshot);
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (stream) => {
      const other = shuffled(snapshot, () => stream.next().value ?? 0) as Snapshot;
      expect(writeSnapshot(other)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

it('reads back what it wrote', () => {
  expect(parseSnapshot(writeSnapshot(snapshot))).toEqual({ snapshot: canonicalSnapshot(snapshot) });
});

it('puts version and time first and ends in a newline', () => {
  expect(writeSnapshot(snapshot)).toMatch(/^\{\n {2}"schemaVersion": 1,\n {2}"takenAt": "2026[\s\S]*\}\n$/);
});

it('keeps items that look alike apart', () => {
  const gap = { read: 'eks:ListAddons', reason: 'denied' };
  const twice = { ...snapshot, coverage: [gap, { ...gap, region: 'eu-west-1' }, gap] };
  expect(canonicalSnapshot(twice).coverage).toHaveLength(3);
});
