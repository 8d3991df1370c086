import { expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Lane, Turn } from '../../../shared/pipeline/lane.ts';
import { laneRegister } from '../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../shared/pipeline/memory-lanes.ts';
import { settle } from '../../../shared/pipeline/settle.ts';
import { requestOf } from '../../support/pipeline.ts';

const lane: Lane = { kind: 'account', account: '111122223333' };

/** A turn that has begun, with a Step Functions whose first `failures` starts fail. */
async function setUp(failures = 0) {
  const register = laneRegister(memoryLanes(), sha256, () => new Date('2026-11-20T09:00:00Z'));
  const started: string[] = [];
  let left = failures;
  const run = settle({
    register,
    evaluations: {
      start: async ({ name }) => {
        if (left > 0) {
          left -= 1;
          throw new Error('ThrottlingException');
        }
        if (started.includes(name)) return 'repeated';
        started.push(name);
        return 'started';
      },
    },
  });
  const turn = (await register.request(lane, [requestOf()], ['e1'])) as Turn;
  const covering = (await register.begin(turn))?.covering ?? 0;
  return { run, register, started, turn, covering };
}

it('starts nothing when nothing came meanwhile', async () => {
  const { run, started, turn, covering } = await setUp();
  expect(await run(turn, covering)).toEqual({ next: null });
  expect(started).toEqual([]);
});

it('starts the turn for what came meanwhile, once, however often it runs', async () => {
  const { run, register, started, turn, covering } = await setUp();
  await register.request(lane, [requestOf()], ['e2']);
  const settled = await run(turn, covering);
  expect(settled.next).not.toBe(turn.name);
  expect(started).toEqual([settled.next]);
  expect(await run(turn, covering)).toEqual(settled);
  expect(started).toHaveLength(1);
});

it('whose start fails starts the same turn when it is tried again', async () => {
  const { run, register, started, turn, covering } = await setUp(1);
  await register.request(lane, [requestOf()], ['e2']);
  await expect(run(turn, covering)).rejects.toThrow('ThrottlingException');
  const { next } = await run(turn, covering);
  expect(started).toEqual([next]);
});

it('of a turn that was replaced starts the one in its place and takes nothing off', async () => {
  const { run, register, started, turn, covering } = await setUp();
  const replaced = await register.replace(turn);
  expect(await run(turn, covering)).toEqual({ next: replaced?.name });
  expect(started).toEqual([replaced?.name]);
  expect((await register.begin(replaced!))?.requests).toHaveLength(1);
});
