import { describe, expect, it } from 'vitest';
import { scannedDuring } from '../support/scan-faults.ts';
import { comesToNothing, scanRows } from '../support/scan-matrix.ts';

const sound = await scannedDuring(null);

describe.concurrent('a scan that is under way while', () => {
  it.each(scanRows(sound))('%s: nothing unread passes, and its summary says so', async (_name, fault) => {
    const { open, end, summary } = await scannedDuring(fault);
    expect(end).toEqual(sound.end);
    if (comesToNothing(fault)) expect([open, summary?.outcome]).toEqual([sound.open, 'complete']);
  });
});
