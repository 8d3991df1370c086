import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAccount, afterThrottling, type Pace, startPace } from '../../../shared/pipeline/pace.ts';

const BOUNDS = { start: 4, least: 2, most: 32 };

/** After so many accounts, one after the other. */
const ended = (pace: Pace, accounts: number): Pace =>
  Array.from({ length: accounts }).reduce<Pace>((now) => afterAccount(now), pace);

describe('the number of accounts at work', () => {
  it('doubles with each round until something is throttled', () => {
    const start = startPace(BOUNDS);
    expect([0, 3, 4, 12, 28, 1000].map((accounts) => ended(start, accounts).limit)).toEqual([
      4, 4, 8, 16, 32, 32,
    ]);
  });

  it('halves when entering accounts is throttled, and then rises by one with each round', () => {
    const cut = afterThrottling(ended(startPace(BOUNDS), 28), 0);
    expect(cut.limit).toBe(16);
    expect([15, 16, 33].map((accounts) => ended(cut, accounts).limit)).toEqual([16, 17, 18]);
  });

  it('is cut once for calls that were under way together', () => {
    const full = ended(startPace(BOUNDS), 28);
    const burst = [0, 10, 500, 1999].reduce<Pace>((pace, at) => afterThrottling(pace, at), full);
    expect(burst.limit).toBe(16);
    expect(afterThrottling(burst, 2000).limit).toBe(8);
  });

  it.each([1, 2, 3])('never exceeds %i when no more are wanted', (most) => {
    expect(ended(startPace({ ...BOUNDS, most }), 100).limit).toBe(most);
    expect(afterThrottling(startPace({ ...BOUNDS, most }), 0).limit).toBeLessThanOrEqual(most);
  });

  it('stays within its bounds, whatever happens', () => {
    // A time: throttled then; null: an account ended.
    const event = fc.option(fc.nat(60_000));
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 64 }), (events, most) => {
        let pace = startPace({ ...BOUNDS, most });
        for (const at of events) pace = at === null ? afterAccount(pace) : afterThrottling(pace, at);
        expect(pace.limit).toBeGreaterThanOrEqual(Math.min(2, most));
        expect(pace.limit).toBeLessThanOrEqual(most);
      }),
    );
  });
});
