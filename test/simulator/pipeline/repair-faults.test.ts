import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../shared/lambda/permissions.ts';
import { missingCalls, WRITES } from '../../support/call-matrix.ts';
import { repairedDuring, STORIES } from '../../support/repair-faults.ts';
import { REPAIR_FUNCTIONS, repairCalls, repairRows, soundRepairs } from '../../support/repair-matrix.ts';

const sound = await soundRepairs();
const made = repairCalls(sound);

it('where nothing goes wrong each story ends as it should', () => {
  expect(Object.fromEntries(STORIES.map((story) => [story, sound.get(story)?.end]))).toEqual({
    verified: 'applied',
    worse: 'taken back',
    undecided: 'stopped',
    expired: 'untouched',
    early: 'applied',
    stale: 'untouched',
    owned: 'untouched',
  });
});

it.each(REPAIR_FUNCTIONS)('the matrix has every call that %s is permitted to make', async (name) => {
  const { permissions }: { permissions: readonly Permission[] } = await import(
    `../../../functions/${name}/permissions.ts`
  );
  expect(missingCalls(name, permissions, made)).toEqual([]);
});

/** A part of the matrix; the suite of long tests plays the whole. */
const PART = made
  .filter(({ call }) => WRITES.test(call) || /^(?:apply|roll-back) /.test(call))
  .flatMap((each) => {
    const rows = repairRows(sound, each);
    // Denied for good, and dying at the last one, after it where it writes.
    return [...rows.slice(0, 1), ...rows.slice(-1)];
  });

describe('a repair that is under way while', () => {
  it.each(PART)(
    '%s: ends in one of four ways, and no approval is lost silently',
    async (_name, trouble, ends) => {
      expect(ends).toContain((await repairedDuring(trouble)).end);
    },
  );
});
