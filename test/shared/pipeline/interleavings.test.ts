import { describe, expect, it } from 'vitest';
import type { ScopeRegister } from '../../../shared/pipeline/register.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { exploreLane, SMALL_CASES } from '../../support/lane-cases.ts';
import { type LaneCase, playLane } from '../../support/lane-model.ts';
import { everySchedule } from '../../support/schedule.ts';

describe('in every interleaving one turn runs at a time, one waits, and no change is left unread', () => {
  it.each(SMALL_CASES)('%s', async (_name, lane, mostExecutions) => {
    const { faults, schedules } = await exploreLane(lane, mostExecutions);
    expect(faults).toEqual([]);
    expect(schedules).toBeGreaterThan(0);
  });
});

const withOneCause = (request: ScopeRequest): ScopeRequest => ({
  ...request,
  causes: request.causes.slice(0, 1),
});

describe('the model notices a register', () => {
  it.each<[string, LaneCase, (register: ScopeRegister) => ScopeRegister, string]>([
    [
      'that takes what came meanwhile for judged',
      { messages: ['a', 'b'] },
      (register) => ({
        ...register,
        settle: (turn) => register.settle(turn, Number.MAX_SAFE_INTEGER),
      }),
      'a change was not read by any turn that recorded',
    ],
    [
      'whose turn claims to cover one request more than it was given',
      { messages: ['a', 'b'] },
      (register) => ({
        ...register,
        begin: async (turn) => {
          const begun = await register.begin(turn);
          return begun && { ...begun, covering: begun.covering + 1 };
        },
      }),
      'a change was not read by any turn that recorded',
    ],
    [
      'that hands out a turn for each request',
      { messages: ['a', 'b'] },
      (register) => ({
        ...register,
        request: async (...args) => {
          const turn = await register.request(...args);
          return turn && register.replace(turn);
        },
      }),
      '2 turns at once',
    ],
    [
      'that asks again for what asked before',
      { messages: ['a', 'a'] },
      (register) => {
        let times = 0;
        return {
          ...register,
          request: (lane, requests) => {
            times += 1;
            return register.request(lane, requests, [`event ${times}`]);
          },
        };
      },
      '2 executions',
    ],
    [
      'that never ends a turn',
      { messages: ['a'] },
      (register) => ({ ...register, settle: async () => null }),
      'the lane is busy for ever',
    ],
    [
      'that gives a turn less than was asked for',
      { messages: ['a', 'b'] },
      (register) => ({
        ...register,
        begin: async (turn) => {
          const begun = await register.begin(turn);
          return begun && { ...begun, requests: begun.requests.map(withOneCause) };
        },
      }),
      'a change was judged without its event',
    ],
  ])('%s', async (_name, lane, breaking, fault) => {
    const { faults } = await exploreLane({ ...lane, breaking }, 1);
    expect(faults).toContain(fault);
  });
});

it('plays each schedule once, and the same choices give the same story', async () => {
  const lane: LaneCase = { messages: ['a', 'b'], kills: 1 };
  const taken = new Set<string>();
  let again = '';
  const schedules = await everySchedule(async (choose) => {
    const choices: number[] = [];
    const story = await playLane(lane, (options) => {
      const choice = choose(options);
      choices.push(choice);
      return choice;
    });
    taken.add(choices.join());
    const replayed = await playLane(lane, () => choices.shift()!);
    if (JSON.stringify(replayed) !== JSON.stringify(story)) again = 'differs';
  });
  expect(taken.size).toBe(schedules);
  expect(again).toBe('');
});
