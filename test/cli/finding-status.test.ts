import { expect, it } from 'vitest';
import { findingStatusOf } from '../../cli/repair/finding-status.ts';
import { begunIn } from '../../shared/changes/begun.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Finding } from '../../shared/findings/finding.ts';

const AT = '2026-11-20T09:00:00Z';
const shown = (takenAt: string): Snapshot => ({ schemaVersion: 1, takenAt, accounts: [], coverage: [] });
const [BEFORE, NOW] = [shown('before'), shown('now')];

/** What is asked of a finding that was open before, is resolved by now, and is waived from some time on. */
function stage({ isFresh, lines }: { isFresh: boolean; lines: string[] }) {
  const history = [...lines];
  let [collected, waived] = [0, false];
  const statusOf = findingStatusOf('plan', {
    store: {
      journal: {
        record: async () => undefined,
        begun: async () => begunIn(history.map((what) => ({ what, change: 0, at: AT }))),
      },
    },
    before: BEFORE,
    isFresh,
    collect: async () => {
      collected += 1;
      return NOW;
    },
    statuses: async ({ takenAt }) => {
      const status: Finding['status'] = waived ? 'waived' : takenAt === 'before' ? 'open' : 'resolved';
      return new Map([['f', status]]);
    },
  });
  return {
    statusOf,
    history,
    collected: () => collected,
    waive: () => {
      waived = true;
    },
  };
}

it.each<[string, boolean, string[], Finding['status'], number]>([
  ['that this run read, which is not read twice', true, [], 'open', 0],
  ['as it is now, where another run read it before and wrote nothing', false, [], 'resolved', 1],
  [
    'as it is now, where what another run wrote was refused',
    false,
    ['writing', 'not-written'],
    'resolved',
    1,
  ],
  ['as it is now, where what another run wrote was taken back', false, ['writing', 'undone'], 'resolved', 1],
  ['before anything was written, where something is', false, ['writing', 'written'], 'open', 0],
  ['before anything was written, where something may be', false, ['writing'], 'open', 0],
])('a finding is looked up in the estate %s', async (_where, isFresh, lines, status, reads) => {
  const { statusOf, collected } = stage({ isFresh, lines });
  expect([await statusOf('f'), collected()]).toEqual([status, reads]);
  expect([await statusOf('f'), collected()]).toEqual([status, reads]);
  expect(await statusOf('another')).toBeNull();
});

it('a waiver that somebody writes between two writes counts before the second', async () => {
  const { statusOf, history, waive } = stage({ isFresh: true, lines: [] });
  expect(await statusOf('f')).toBe('open');
  history.push('writing', 'written', 'confirmed');
  expect(await statusOf('f')).toBe('open');
  waive();
  expect(await statusOf('f')).toBe('waived');
});
