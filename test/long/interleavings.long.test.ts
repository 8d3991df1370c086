import { describe, expect, it } from 'vitest';
import { exploreLane, LARGE_CASES } from '../support/lane-cases.ts';

describe('in every interleaving one turn runs at a time, one waits, and no change is left unread', () => {
  it.each(LARGE_CASES)('%s', async (_name, lane, mostExecutions) => {
    const { faults } = await exploreLane(lane, mostExecutions);
    expect(faults).toEqual([]);
  });
});
