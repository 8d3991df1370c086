import { expect, it } from 'vitest';
import { progressText } from '../../cli/progress.ts';

const told = { calls: 12_345, gaps: 3, doing: 'eks:ListClusters 111122223333 eu-west-1' };

it.each([
  ['one account', { total: 1, done: 0, atWork: 1 }, 'reading AWS: 12345 calls'],
  [
    'many accounts',
    { total: 10_000, done: 412, atWork: 32 },
    'reading AWS: 412 of 10000 accounts, 32 at work',
  ],
])('progress of %s', (_, accounts, begins) => {
  expect(progressText({ ...told, accounts })).toMatch(
    new RegExp(`^${begins}.*3 gaps, eks:ListClusters 111122223333`),
  );
});

it('progress before any account', () => {
  expect(progressText(told)).toBe(
    'reading AWS: 12345 calls, 3 gaps, eks:ListClusters 111122223333 eu-west-1',
  );
});
