import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  failedScanPace,
  nextScanPace,
  type ScanPace,
  type SeenOfScan,
  scanPaceSchema,
  startScanPace,
} from '../../../../shared/pipeline/scan/scan-pace.ts';

/** A map run of which nothing is special: as many are at work as may be. */
const seen = (part: Partial<SeenOfScan> = {}): SeenOfScan => ({
  concurrency: 4,
  running: 4,
  ended: 0,
  active: true,
  putOff: null,
  startedAt: new Date(0),
  at: 60_000,
  ...part,
});

/** A step that began at a time was put off. */
const putOff = (mark: string, begunAt = 50_000) => ({ putOff: { mark, begunAt } });

const start = (part: Partial<ScanPace> = {}): ScanPace => ({ ...startScanPace(1_000, 40), ...part });

describe('the pace of a scan begins', () => {
  it.each([
    ['with four accounts at once', 1_000, 40, 4],
    ['with no more than the configuration allows', 1_000, 3, 3],
    ['with as many as end within half of the time that a scan has', 10_000, 40, 14],
    ['with the most, where even that needs longer', 50_000, 40, 40],
  ])('%s', (_name, accounts, most, limit) => {
    expect(startScanPace(accounts, most)).toMatchObject({ limit, climbing: true, done: false, lost: false });
  });

  it.each([
    ['there are none to read', 0, 40],
    ['all of them are begun at once', 4, 40],
    ['one is read at once, and there is one', 1, 1],
  ])('and ends, as there is nothing to set, when %s', (_name, accounts, most) => {
    expect(startScanPace(accounts, most).done).toBe(true);
  });

  it.each([
    [5, 40],
    [2, 1],
  ])('and goes on when %i accounts are more than may be at work', (accounts, most) => {
    expect(startScanPace(accounts, most).done).toBe(false);
  });
});

describe('a turn', () => {
  it.each<[string, Partial<ScanPace>, Partial<SeenOfScan>, Partial<ScanPace>]>([
    ['changes nothing before a round has ended', {}, { ended: 3 }, { limit: 4, ended: 3 }],
    ['doubles what may be at work after a round', {}, { ended: 4 }, { limit: 8, ended: 0 }],
    ['counts what ended in the turns before', { ended: 3, endedBefore: 3 }, { ended: 4 }, { limit: 8 }],
    ['doubles once, however many ended: they were read at the old pace', {}, { ended: 400 }, { limit: 8 }],
    [
      'does not exceed the most',
      {},
      { concurrency: 32, running: 32, ended: 32 },
      { limit: 40, climbing: true },
    ],
    [
      'halves what may be at work when entering was put off',
      {},
      { concurrency: 32, running: 32, ended: 300, ...putOff('a') },
      { limit: 16, climbing: false, cuts: 1, cutAt: 60_000, mark: 'a', ended: 0 },
    ],
    [
      'raises by one for each round once something was put off',
      { climbing: false, cuts: 1, mark: 'a' },
      { concurrency: 16, running: 16, ended: 33, ...putOff('a') },
      { limit: 18, ended: 0, cuts: 1 },
    ],
    [
      'does not cut again for what was begun before the last cut, whenever it tells',
      { climbing: false, cuts: 1, cutAt: 45_000, mark: 'a' },
      { concurrency: 16, running: 20, ...putOff('b', 44_000) },
      { limit: 16, cuts: 1, cutAt: 45_000, mark: 'b' },
    ],
    [
      'nor for what was begun while the cut took hold',
      { climbing: false, cuts: 1, cutAt: 45_000, mark: 'a' },
      { concurrency: 16, running: 16, ...putOff('b', 46_999) },
      { limit: 16, cuts: 1, mark: 'b' },
    ],
    [
      'cuts again for what was begun after it',
      { climbing: false, cuts: 1, cutAt: 45_000, mark: 'a' },
      { concurrency: 16, running: 16, ...putOff('b', 47_000) },
      { limit: 8, cuts: 2, cutAt: 60_000, mark: 'b' },
    ],
    [
      'counts what ended before it cuts: a busy turn is not all loss',
      { climbing: false, cuts: 1, cutAt: 0, mark: 'a' },
      { concurrency: 16, running: 16, ended: 33, ...putOff('b') },
      { limit: 9, cuts: 2, mark: 'b' },
    ],
    [
      'goes on rising when what was put off had begun before the cut',
      { climbing: false, cuts: 1, cutAt: 55_000, mark: 'a' },
      { concurrency: 16, running: 16, ended: 16, ...putOff('b') },
      { limit: 17, cuts: 1, mark: 'b' },
    ],
    [
      'leaves as many at work as end in time',
      { accounts: 10_000 },
      { concurrency: 20, running: 20, ...putOff('a') },
      { limit: 14, cuts: 1 },
    ],
    [
      'leaves fewer at work where somebody set fewer',
      { accounts: 10_000 },
      { concurrency: 5, running: 5, ...putOff('a') },
      { limit: 5, cuts: 0 },
    ],
    ['leaves two at work', {}, { concurrency: 2, running: 2, ...putOff('a') }, { limit: 2, cuts: 0 }],
    [
      'leaves one at work where one is the most',
      { most: 1 },
      { concurrency: 1, ...putOff('a') },
      { limit: 1 },
    ],
    [
      'goes on from what Step Functions has, whoever set it',
      { limit: 32 },
      { concurrency: 6, running: 6, ended: 6 },
      { limit: 12 },
    ],
    ['takes a limit above the most for the most', {}, { concurrency: 900, ended: 1 }, { limit: 40 }],
    ['takes no limit for the most', {}, { concurrency: 0, ended: 1 }, { limit: 40 }],
    [
      'is not misled by a map run that counts anew',
      { endedBefore: 90 },
      { ended: 5 },
      { limit: 4, ended: 0, endedBefore: 5 },
    ],
    ['forgets failures of turns before', { failures: 4 }, {}, { failures: 0 }],
  ])('%s', (_name, before, now, after) => {
    expect(nextScanPace(start(before), seen(now))).toMatchObject(after);
  });

  it.each([
    ['more are to be begun', { ended: 900, running: 99 }, false],
    ['the last one was begun', { ended: 900, running: 100 }, true],
    ['the map run is over, whatever it left', { active: false, ended: 10 }, true],
  ])('when %s is the last: %s', (_name, now, done) => {
    expect(nextScanPace(start(), seen(now))).toMatchObject({ done, lost: false });
  });

  it('that is the last tells the pace that there is, since it sets none', () => {
    const last = nextScanPace(start(), seen({ concurrency: 8, running: 8, ended: 992, ...putOff('a') }));
    expect(last).toMatchObject({ done: true, limit: 8, cuts: 0 });
  });

  it.each([
    [0, 3],
    [299, 3],
    [3_600, 15],
    [40_000, 60],
  ])('of a map run that is %i seconds old is followed by a wait of %i seconds', (seconds, waitSeconds) => {
    expect(nextScanPace(start(), seen({ at: seconds * 1000 })).waitSeconds).toBe(waitSeconds);
  });

  it('is the last when the history of the execution could become too long', () => {
    expect(nextScanPace(start({ turns: 1_398 }), seen()).done).toBe(false);
    expect(nextScanPace(start({ turns: 1_399 }), seen())).toMatchObject({ done: true, lost: false });
    expect(failedScanPace(start({ turns: 1_399 })).done).toBe(true);
  });
});

describe('a turn that failed', () => {
  it('leaves everything as it was, so that the next one sees what it would have seen', () => {
    const before = start({ limit: 9, ended: 3, endedBefore: 20, mark: 'a', turns: 7 });
    expect(failedScanPace(before)).toEqual({ ...before, turns: 8, failures: 1 });
  });

  it('is the last after four others', () => {
    let pace = start({ limit: 16 });
    const ends: boolean[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      pace = failedScanPace(pace);
      ends.push(pace.done);
    }
    expect(ends).toEqual([false, false, false, false, true]);
    expect(pace).toMatchObject({ limit: 16, lost: true });
  });
});

describe('whatever a scan goes through', () => {
  const turn = fc.record({
    concurrency: fc.nat(2_000),
    running: fc.nat(2_000),
    ended: fc.nat(20_000),
    active: fc.boolean(),
    putOff: fc.option(fc.record({ mark: fc.string({ maxLength: 3 }), begunAt: fc.nat(50_000_000) })),
    startedAt: fc.constant(new Date(5_000)),
    at: fc.nat(50_000_000),
  });
  const course = fc.record({
    accounts: fc.nat(20_000),
    most: fc.integer({ min: 1, max: 1_000 }),
    turns: fc.array(fc.option(turn), { maxLength: 60 }),
  });

  it('the pace stays within its bounds, at most doubles in a turn, and can be handed on', () => {
    fc.assert(
      fc.property(course, ({ accounts, most, turns }) => {
        let pace = startScanPace(accounts, most);
        for (const now of turns) {
          const next = now === null ? failedScanPace(pace) : nextScanPace(pace, now);
          const set = now === null ? pace.limit : Math.min(now.concurrency || most, most);
          expect(next.limit).toBeLessThanOrEqual(Math.min(most, 2 * set));
          expect(next.limit).toBeGreaterThanOrEqual(Math.min(set, 2));
          expect(next.waitSeconds).toBeGreaterThanOrEqual(3);
          expect(next.turns).toBe(pace.turns + 1);
          expect(scanPaceSchema.parse(JSON.parse(JSON.stringify(next)))).toEqual(next);
          pace = next;
        }
      }),
    );
  });

  it('nothing raises the pace in a turn that saw that entering was put off', () => {
    fc.assert(
      fc.property(course, turn, ({ accounts, most }, now) => {
        const before = { ...startScanPace(accounts, most), mark: 'before' };
        const next = nextScanPace(before, { ...now, ...putOff('now') });
        const set = Math.min(now.concurrency || most, most);
        expect(next.limit).toBeLessThanOrEqual(Math.max(set, Math.min(2, most)));
      }),
    );
  });

  it('as a cut leaves at most half, two at least, and the next one waits for what was begun after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000 }), fc.nat(100_000), (limit, begunAt) => {
        const full = startScanPace(1_440, 1_000);
        const now = seen({ concurrency: limit, running: limit });
        const cut = nextScanPace(full, { ...now, ...putOff('a', begunAt) });
        expect(cut.limit).toBe(Math.max(2, Math.floor(limit / 2)));
        if (cut.cutAt === null) return;
        const again = { ...now, concurrency: cut.limit, ...putOff('b', begunAt) };
        const expected = begunAt - cut.cutAt < 2_000 ? cut.limit : Math.max(2, Math.floor(cut.limit / 2));
        expect(nextScanPace(cut, again).limit).toBe(expected);
      }),
    );
  });

  it('it is done within so many turns that the history of an execution holds them, each tried three times', () => {
    let pace = startScanPace(20_000, 40);
    while (!pace.done) pace = nextScanPace(pace, seen({ ended: pace.endedBefore }));
    expect(pace.turns * (9 + 6)).toBeLessThan(25_000);
  });
});
