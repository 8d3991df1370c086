import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Lane, Turn } from '../../../shared/pipeline/lane.ts';
import { laneRegister } from '../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../shared/pipeline/memory-lanes.ts';
import { resumeLanes } from '../../../shared/pipeline/resume-lanes.ts';
import { settle } from '../../../shared/pipeline/settle.ts';
import { sweep } from '../../../shared/pipeline/sweep.ts';
import type { Metric } from '../../../shared/pipeline/telemetry.ts';
import { requestOf } from '../../support/pipeline.ts';

const LANE: Lane = { kind: 'account', account: '111122223333' };
const OTHER: Lane = { kind: 'account', account: '444455556666' };
const START = Date.parse('2026-11-20T09:00:00Z');

/** A register with a clock that the test moves, in minutes, and a Step Functions where nothing runs unless it says so. */
function setUp() {
  let minutes = 0;
  const now = () => new Date(START + minutes * 60_000);
  const register = laneRegister(memoryLanes(), sha256, now);
  const running = new Set<string>();
  const started: string[] = [];
  const metrics = new Map<Metric, number>();
  let broken: string | undefined;
  const ports = {
    register,
    evaluations: {
      start: async ({ name, lane }: Turn) => {
        if (lane.account === broken) throw new Error('ThrottlingException');
        started.push(name);
        return 'started' as const;
      },
      isRunning: async ({ name }: Turn) => running.has(name),
    },
    telemetry: {
      count: (metric: Metric, value = 1) => void metrics.set(metric, (metrics.get(metric) ?? 0) + value),
      note: () => {},
    },
    now,
  };
  return {
    register,
    running,
    started,
    metrics,
    ports,
    resumeAt: (at: number) => {
      minutes = at;
      return resumeLanes(ports)();
    },
    breakStartsOf: (account: string | undefined) => {
      broken = account;
    },
    ask: async (lane: Lane, id: string) => (await register.request(lane, [requestOf()], [id]))!,
  };
}

describe('a turn whose execution is gone', () => {
  it('is replaced when it has been out for two minutes, and its requests go on', async () => {
    const { ask, resumeAt, register, started, metrics } = setUp();
    const turn = await ask(LANE, 'a');
    await register.begin(turn);
    expect(await resumeAt(1.9)).toBe(0);
    expect(await resumeAt(2)).toBe(1);
    expect(started).toHaveLength(1);
    expect(started[0]).not.toBe(turn.name);
    const next = await ask(LANE, 'b');
    expect(next.name).toBe(started[0]);
    expect(await register.begin(turn)).toBeNull();
    expect((await register.begin(next))?.requests).toMatchObject([{ events: 1 }]);
    expect(metrics.get('LanesResumed')).toBe(1);
  });

  it('is left alone while it runs, however long', async () => {
    const { ask, resumeAt, running, started } = setUp();
    running.add((await ask(LANE, 'a')).name);
    expect(await resumeAt(600)).toBe(0);
    expect(started).toEqual([]);
  });

  it('is replaced ever more seldom when its successors die too, and at once again after one settled', async () => {
    const { ask, resumeAt, register } = setUp();
    const settled = async (at: number) => {
      const [busy] = await Array.fromAsync(register.busy(() => {}));
      const begun = await register.begin(busy!.turn);
      await settle({ register, evaluations: { start: async () => 'started' } })(busy!.turn, begun!.covering);
      return resumeAt(at);
    };
    await ask(LANE, 'a');
    const resumed: number[] = [];
    for (let minute = 0; minute <= 2000; minute += 1) {
      if ((await resumeAt(minute)) > 0) resumed.push(minute);
    }
    expect(resumed.slice(0, 6)).toEqual([2, 6, 14, 30, 62, 126]);
    expect(resumed.slice(-2).map((minute, n, all) => minute - (all[n - 1] ?? minute))).toEqual([0, 360]);
    await settled(2001);
    await ask(LANE, 'b');
    expect(await resumeAt(2002)).toBe(0);
    expect(await resumeAt(2003)).toBe(1);
  });

  it('whose successor cannot be started gets another later; other lanes go on meanwhile', async () => {
    const { ask, resumeAt, breakStartsOf, started, metrics } = setUp();
    await ask(LANE, 'a');
    await ask(OTHER, 'b');
    breakStartsOf(LANE.account);
    expect(await resumeAt(2)).toBe(1);
    expect(metrics.get('LanesStuck')).toBe(1);
    breakStartsOf(undefined);
    expect(await resumeAt(6)).toBe(2);
    expect(started.filter((name) => name.startsWith(LANE.account))).toHaveLength(1);
  });
});

it('a lane whose record cannot be read is counted, and stops no other', async () => {
  const { ports, register, ask, started, metrics } = setUp();
  await ask(LANE, 'a');
  const busy: typeof register.busy = async function* (unreadable) {
    unreadable(new Error('a newer version wrote it'));
    yield* register.busy(unreadable);
  };
  const now = () => new Date(START + 180_000);
  expect(await resumeLanes({ ...ports, now, register: { ...register, busy } })()).toBe(1);
  expect(started).toHaveLength(1);
  expect(metrics.get('LanesStuck')).toBe(1);
});

it('a sweep publishes what is left over although the lanes cannot be listed, and says that they cannot', async () => {
  const { ports } = setUp();
  let looked = false;
  const failing = (): AsyncIterable<never> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no access to the table')) }),
  });
  const run = sweep({
    ...ports,
    register: { ...ports.register, busy: failing },
    listUnpublished: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          looked = true;
          return { done: true, value: undefined };
        },
      }),
    }),
    outbox: { isPublished: async () => true, markPublished: async () => {} },
    topic: { publish: async () => {} },
  });
  await expect(run()).rejects.toThrow('no access');
  expect(looked).toBe(true);
});

describe('settle', () => {
  it('starts the turn that goes on with what came meanwhile, also when it runs again', async () => {
    const { register, ports, started, ask } = setUp();
    const turn = await ask(LANE, 'a');
    const { covering } = (await register.begin(turn))!;
    await ask(LANE, 'b');
    const first = await settle(ports)(turn, covering);
    expect(first).toEqual({ next: started[0] });
    expect(await settle(ports)(turn, covering)).toEqual(first);
    expect(new Set(started).size).toBe(1);
  });

  it('starts nothing when nothing came', async () => {
    const { register, ports, started, ask } = setUp();
    const turn = await ask(LANE, 'a');
    const { covering } = (await register.begin(turn))!;
    expect(await settle(ports)(turn, covering)).toEqual({ next: null });
    expect(started).toEqual([]);
  });
});
