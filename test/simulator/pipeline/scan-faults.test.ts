import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../shared/lambda/permissions.ts';
import { missingCalls, WRITES } from '../../support/call-matrix.ts';
import { scannedDuring } from '../../support/scan-faults.ts';
import { comesToNothing, SCAN_FUNCTIONS, scanRows } from '../../support/scan-matrix.ts';

const sound = await scannedDuring(null);

it('where nothing goes wrong a scan finds what no event told, and leaves to events what they are at', () => {
  expect(sound.summary).toMatchObject({
    outcome: 'complete',
    accounts: { listed: 3, read: 3, judged: 2, leftToEvents: 1, withGaps: 0 },
    missedByEvents: { count: 2 },
  });
});

it.each(SCAN_FUNCTIONS)('the matrix has every call that %s is permitted to make', async (name) => {
  const { permissions }: { permissions: readonly Permission[] } = await import(
    `../../../functions/${name}/permissions.ts`
  );
  const made = [...sound.calls.keys()].map((call) => ({ call }));
  expect(missingCalls(name, permissions, made)).toEqual([]);
});

/** A part of the matrix: each write denied for good, and its process dying after the last. The long tests play the whole. */
const PART = [...sound.calls.keys()].flatMap((call) => {
  const rows = scanRows(sound, (one) => one === call);
  if (WRITES.test(call)) return [...rows.slice(0, 1), ...rows.slice(-1)];
  return /^collect-(account iam:GetAccountAuth|region eks:ListAddons|region kubernetes:pods)|^judge-account dynamodb:Query|^list-accounts organizations:ListAccounts$/.test(
    call,
  )
    ? rows.slice(0, 1)
    : [];
});

describe('a scan that is under way while', () => {
  it.each(PART)('%s: nothing unread passes, and its summary says so', async (_name, fault) => {
    const { open, end, summary } = await scannedDuring(fault);
    expect(end).toEqual(sound.end);
    if (comesToNothing(fault)) expect([open, summary?.outcome]).toEqual([sound.open, 'complete']);
  });
});
