import { sha256 } from '../../shared/lambda/hash.ts';
import { type LaneCase, playLane } from './lane-model.ts';
import { everyState } from './schedule.ts';

/** A case with its name, and the most executions that it may start. */
export type NamedLaneCase = readonly [name: string, lane: LaneCase, mostExecutions: number];

/** What goes wrong in any schedule of a case, and how many states there are. */
export async function exploreLane(
  lane: LaneCase,
  mostExecutions = Number.POSITIVE_INFINITY,
): Promise<{ readonly faults: readonly string[]; readonly states: number }> {
  const faults = new Set<string>();
  const states = await everyState(async (choose) => {
    const story = await playLane(lane, choose, faults);
    for (const fault of story.faults) faults.add(fault);
    if (story.executions.length > mostExecutions) faults.add(`${story.executions.length} executions`);
  }, sha256);
  return { faults: [...faults], states };
}

/** Seconds together. */
export const SMALL_CASES: readonly NamedLaneCase[] = [
  ['one event', { messages: ['a'] }, 1],
  ['one event of which two calls fail', { messages: ['a'], failures: 2 }, 1],
  ['one event, its execution killed, a sweep at any time', { messages: ['a'], kills: 1, sweeps: 1 }, 3],
  ['one event, its execution taken for dead while it runs', { messages: ['a'], mistakes: 1, sweeps: 1 }, 3],
  ['one event delivered twice', { messages: ['a', 'a'] }, 1],
  ['one event delivered twice, a call fails', { messages: ['a', 'a'], failures: 1 }, 1],
  ['two events', { messages: ['a', 'b'] }, 2],
  ['two events, an execution killed', { messages: ['a', 'b'], kills: 1 }, 3],
  ['two events, one delivered twice', { messages: ['a', 'b', 'a'] }, 2],
];

/** Some ten seconds together. */
export const LARGE_CASES: readonly NamedLaneCase[] = [
  ['three events', { messages: ['a', 'b', 'c'] }, 3],
  ['two events, a call fails', { messages: ['a', 'b'], failures: 1, bucket: true }, 2],
  ['two events, an execution killed, a sweep at any time', { messages: ['a', 'b'], kills: 1, sweeps: 1 }, 4],
  [
    'two events, an execution taken for dead while it runs',
    { messages: ['a', 'b'], mistakes: 1, sweeps: 1 },
    4,
  ],
];
