import { beforeEach, describe, expect, it } from 'vitest';
import { type MapRun, type MapRuns, paceScan } from '../../../../shared/pipeline/scan/pace-scan.ts';
import { lastPutOff, tellPutOff } from '../../../../shared/pipeline/scan/put-off.ts';
import { type ScanPace, startScanPace } from '../../../../shared/pipeline/scan/scan-pace.ts';
import type { Telemetry } from '../../../../shared/pipeline/telemetry.ts';
import { memoryClaims } from '../../../../simulator/pipeline/memory-claims.ts';

const SCAN = '2026-11-20T03-00-00Z-one';
const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:podtrust-org-scan:one';
const now = () => new Date('2026-11-20T03:01:40Z');

let run: MapRun | null;
let set: (readonly [string, number])[];
let notes: string[];
let counted: string[];
let claims: ReturnType<typeof memoryClaims>;

const telemetry: Telemetry = {
  count: (metric) => void counted.push(metric),
  note: (message) => void notes.push(message),
};

beforeEach(() => {
  run = {
    arn: 'arn:run',
    startedAt: new Date('2026-11-20T03:00:00Z'),
    active: true,
    concurrency: 4,
    running: 4,
    ended: 4,
  };
  set = [];
  notes = [];
  counted = [];
  claims = memoryClaims();
});

const denied = async (): Promise<never> => {
  throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
};

const mapRuns = (part: Partial<MapRuns> = {}): MapRuns => ({
  find: async (execution, label) => {
    expect([execution, label]).toEqual([EXECUTION, 'CollectAccounts']);
    return run;
  },
  setConcurrency: async (...how) => void set.push(how),
  ...part,
});

const turn = (part: { mapRuns?: MapRuns; get?: () => Promise<string>; pace?: ScanPace } = {}) =>
  paceScan({
    mapRuns: part.mapRuns ?? mapRuns(),
    claims: part.get === undefined ? claims : { get: part.get },
    telemetry,
    now,
  })({ execution: EXECUTION, scan: SCAN, pace: part.pace ?? startScanPace(100, 40) });

describe('a turn of the loop', () => {
  it('lets twice as many be at work after a round in which nothing was put off', async () => {
    expect(await turn()).toMatchObject({ limit: 8, endedBefore: 4, waitSeconds: 3, done: false });
    expect(set).toEqual([['arn:run', 8]]);
  });

  it('halves them when a step left that entering an account was put off, once for each mark', async () => {
    run = { ...run!, concurrency: 16, running: 16 };
    await tellPutOff({ claims, telemetry, now }, { scan: SCAN, account: '111122223333' })();
    const cut = await turn();
    expect(cut).toMatchObject({ limit: 8, cuts: 1 });
    expect(set).toEqual([['arn:run', 8]]);
    run = { ...run, concurrency: 8, running: 8 };
    expect(await turn({ pace: cut })).toMatchObject({ limit: 8, cuts: 1 });
    expect(set).toHaveLength(1);
  });

  it('asks for nothing when nothing is to change', async () => {
    run = { ...run!, ended: 2 };
    expect(await turn()).toMatchObject({ limit: 4, failures: 0 });
    expect(set).toEqual([]);
  });

  it.each([
    ['the map run is over', { active: false, running: 0, ended: 40 }],
    ['the last account was begun', { running: 4, ended: 96 }],
  ])('ends the loop and sets nothing when %s', async (_name, part) => {
    run = { ...run!, ...part };
    expect(await turn()).toMatchObject({ done: true, lost: false });
    expect(set).toEqual([]);
  });

  it('whose answer was lost sets nothing else when it runs again', async () => {
    const pace = startScanPace(100, 40);
    const applied = mapRuns({
      setConcurrency: async (arn, concurrency) => {
        set.push([arn, concurrency]);
        run = { ...run!, concurrency };
      },
    });
    const first = await turn({ pace, mapRuns: applied });
    expect((await turn({ pace, mapRuns: applied })).limit).toBe(first.limit);
    expect(set).toEqual([['arn:run', 8]]);
  });
});

describe('a turn that cannot', () => {
  const failing: readonly (readonly [string, () => Parameters<typeof turn>[0]])[] = [
    ['find the map run', () => ({ mapRuns: mapRuns({ find: denied }) })],
    ['see a map run, since there is none yet', () => ({ mapRuns: mapRuns({ find: async () => null }) })],
    ['set what may be at work', () => ({ mapRuns: mapRuns({ setConcurrency: denied }) })],
    ['tell whether something was put off', () => ({ get: denied })],
  ];

  it.each(failing)('%s leaves the pace as it is, says so, and is followed by another', async (_name, how) => {
    const pace = startScanPace(100, 40);
    expect(await turn({ ...how(), pace })).toEqual({ ...pace, turns: 1, failures: 1 });
    expect(set).toEqual([]);
    expect(notes).toEqual(['How many accounts are read at once could not be set: it stays']);
  });

  it.each(failing)('%s five times in a row ends the loop, and the pace is lost', async (_name, how) => {
    let pace = startScanPace(100, 40);
    while (!pace.done) pace = await turn({ ...how(), pace });
    expect(pace).toMatchObject({ turns: 5, lost: true, limit: 4 });
  });

  it('cut what may be at work cuts it in the next one', async () => {
    run = { ...run!, concurrency: 16, running: 16 };
    await tellPutOff({ claims, telemetry, now }, { scan: SCAN, account: '111122223333' })();
    const failed = await turn({ mapRuns: mapRuns({ setConcurrency: denied }) });
    expect(failed).toMatchObject({ mark: null, cuts: 0 });
    expect(await turn({ pace: failed })).toMatchObject({ limit: 8, cuts: 1, failures: 0 });
  });
});

describe('that entering an account was put off', () => {
  const putOff = (account: string, at = now) =>
    tellPutOff({ claims, telemetry, now: at }, { scan: SCAN, account });

  it('is nothing until somebody leaves it', async () => {
    expect(await lastPutOff(claims, SCAN)).toBeNull();
  });

  it('is another mark each time, of whichever account, in one object', async () => {
    const marks: unknown[] = [];
    for (const tell of [
      putOff('111122223333'),
      putOff('444455556666'),
      putOff('444455556666', () => new Date('2026-11-20T03:01:41Z')),
    ]) {
      await tell();
      marks.push((await lastPutOff(claims, SCAN))?.mark);
    }
    expect(new Set(marks).size).toBe(3);
    expect(counted).toEqual(Array.from({ length: 3 }, () => 'ScanEntriesPutOff'));
  });

  it('belongs to the time at which the step began, however late it tells', async () => {
    let clock = new Date('2026-11-20T03:00:00Z');
    const tell = putOff('111122223333', () => clock);
    clock = new Date('2026-11-20T03:01:00Z');
    await tell();
    expect((await lastPutOff(claims, SCAN))?.begunAt).toBe(Date.parse('2026-11-20T03:00:00Z'));
  });

  it('fails no step when it cannot be left', async () => {
    await tellPutOff({ claims: { put: denied }, telemetry, now }, { scan: SCAN, account: '111122223333' })();
    expect(notes).toEqual(['That entering an account was put off could not be told']);
  });

  it('is unknown, and not nothing, when it cannot be read', async () => {
    await expect(lastPutOff({ get: denied }, SCAN)).rejects.toThrow('not allowed');
    await expect(lastPutOff({ get: async () => '{}' }, SCAN)).rejects.toThrow();
  });
});
