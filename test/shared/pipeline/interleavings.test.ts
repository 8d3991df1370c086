import { describe, expect, it } from 'vitest';
import type { ScopeRegister } from '../../../shared/pipeline/register.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { exploreLane, SMALL_CASES } from '../../support/lane-cases.ts';
import { type LaneCase, playLane } from '../../support/lane-model.ts';
import { type Choose, everySchedule, everyState } from '../../support/schedule.ts';

describe('in every interleaving one turn runs at a time, one waits, and no change is left unread', () => {
  it.each(SMALL_CASES)('%s', async (_name, lane, mostExecutions) => {
    const { faults, states } = await exploreLane(lane, mostExecutions);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(lane.messages.length);
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
    const story = await playLane(lane, (options, state) => {
      const choice = choose(options, state);
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

describe('to go on from each state once', () => {
  const endsOf = async (
    lane: LaneCase,
    explore: (play: (choose: Choose) => Promise<void>) => Promise<number>,
  ): Promise<{ ends: string[]; played: number }> => {
    const ends = new Set<string>();
    const played = await explore(async (choose) => {
      const story = await playLane(lane, choose);
      ends.add(JSON.stringify(story));
    });
    return { ends: [...ends].sort(), played };
  };

  it.each<[string, LaneCase]>([
    ['two events', { messages: ['a', 'b'] }],
    ['a failure', { messages: ['a'], failures: 1 }],
    ['a duplicate', { messages: ['a', 'a'] }],
    ['an execution killed', { messages: ['a'], kills: 1, sweeps: 1 }],
    ['an execution taken for dead', { messages: ['a'], mistakes: 1, sweeps: 1 }],
    [
      'a register that is wrong',
      {
        messages: ['a', 'b'],
        breaking: (register) => ({
          ...register,
          settle: (turn) => register.settle(turn, Number.MAX_SAFE_INTEGER),
        }),
      },
    ],
  ])('comes to the ends of all schedules: %s', async (_name, lane) => {
    const every = await endsOf(lane, everySchedule);
    const once = await endsOf(lane, (play) => everyState(play, (state) => state));
    expect(once.ends).toEqual(every.ends);
    expect(once.ends.length).toBeGreaterThan(0);
  });
});
