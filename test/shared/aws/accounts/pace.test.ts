import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAccount, afterThrottling, type Pace, startPace } from '../../../../shared/aws/accounts/pace.ts';

const BOUNDS = { start: 4, least: 2, most: 32 };

/** After so many accounts, one after the other. */
const ended = (pace: Pace, accounts: number): Pace =>
  Array.from({ length: accounts }).reduce<Pace>((now, _, index) => afterAccount(now, `done-${index}`), pace);

const throttled = (pace: Pace, account: string | null, at = 0, atWork = pace.limit): Pace =>
  afterThrottling(pace, { account, atWork, at });

describe('the number of accounts at work', () => {
  it('doubles with each round until something is throttled', () => {
    const start = startPace(BOUNDS);
    expect([0, 3, 4, 12, 28, 1000].map((accounts) => ended(start, accounts).limit)).toEqual([
      4, 4, 8, 16, 32, 32,
    ]);
  });

  it('halves when entering accounts is throttled, and then rises by one with each round', () => {
    const cut = throttled(ended(startPace(BOUNDS), 28), null);
    expect(cut.limit).toBe(16);
    expect([15, 16, 33].map((accounts) => ended(cut, accounts).limit)).toEqual([16, 17, 18]);
  });

  it('does not care for one account that is throttled by itself', () => {
    const full = ended(startPace(BOUNDS), 28);
    const again = Array.from({ length: 50 }).reduce<Pace>((pace, _, at) => throttled(pace, 'one', at), full);
    expect(again.limit).toBe(32);
  });

  it('halves when more than half of the accounts at work are throttled', () => {
    const start = ended(startPace(BOUNDS), 4);
    const four = ['a', 'b', 'c', 'd'].reduce<Pace>((pace, account) => throttled(pace, account), start);
    expect(four.limit).toBe(8);
    expect(throttled(four, 'e').limit).toBe(4);
  });

  it('forgets that an account was throttled when it ends', () => {
    const start = ended(startPace(BOUNDS), 4);
    const four = ['a', 'b', 'c', 'd'].reduce<Pace>((pace, account) => throttled(pace, account), start);
    expect(throttled(afterAccount(four, 'a'), 'e').limit).toBe(8);
  });

  it('is cut once for calls that were under way together', () => {
    const full = ended(startPace(BOUNDS), 28);
    const burst = [0, 10, 500, 1999].reduce<Pace>((pace, at) => throttled(pace, null, at), full);
    expect(burst.limit).toBe(16);
    expect(throttled(burst, null, 2000).limit).toBe(8);
  });

  it.each([1, 2, 3])('never exceeds %i when no more are wanted', (most) => {
    expect(ended(startPace({ ...BOUNDS, most }), 100).limit).toBe(most);
    expect(throttled(startPace({ ...BOUNDS, most }), null).limit).toBeLessThanOrEqual(most);
  });

  it('stays within its bounds, whatever happens', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('ended' as const), account: fc.stringMatching(/^[a-e]$/) }),
      fc.record({
        kind: fc.constant('throttled' as const),
        account: fc.option(fc.stringMatching(/^[a-e]$/)),
        at: fc.nat(60_000),
        atWork: fc.integer({ min: 1, max: 40 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 64 }), (events, most) => {
        let pace = startPace({ ...BOUNDS, most });
        for (const one of events)
          pace = one.kind === 'ended' ? afterAccount(pace, one.account) : afterThrottling(pace, one);
        expect(pace.limit).toBeGreaterThanOrEqual(Math.min(2, most));
        expect(pace.limit).toBeLessThanOrEqual(most);
      }),
    );
  });
});
