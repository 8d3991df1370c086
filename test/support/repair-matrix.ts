import { crashes, failures } from './call-matrix.ts';
import {
  type RepairOutcome,
  type RepairTrouble,
  repairedDuring,
  STORIES,
  type Story,
} from './repair-faults.ts';

/** How each story ends when nothing goes wrong, with the calls that its handlers make. */
export type SoundRepairs = ReadonlyMap<Story, RepairOutcome>;

export async function soundRepairs(): Promise<SoundRepairs> {
  const sound = new Map<Story, RepairOutcome>();
  for (const story of STORIES) sound.set(story, await repairedDuring({ story }));
  return sound;
}

interface RepairCall {
  readonly call: string;
  readonly count: number;
  readonly story: Story;
}

/** Every call of every function of repairs, each in the first story in which it is made. */
export function repairCalls(sound: SoundRepairs): readonly RepairCall[] {
  const made = new Map<string, RepairCall>();
  for (const [story, { calls }] of sound)
    for (const [call, count] of calls) if (!made.has(call)) made.set(call, { call, count, story });
  return [...made.values()];
}

/** A row of the matrix of repairs: a name, what goes wrong, and the ends that it may have. */
type RepairRow = readonly [name: string, trouble: Required<RepairTrouble>, ends: readonly string[]];

/**
 * How a repair may end where a call of a function keeps failing, or fails at the one moment at which nobody can know
 * whether it worked. A guard that cannot be read is a no, a write that fails is taken back, a way back that fails stops.
 */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  plan: ['applied', 'untouched'],
  'request-approval': ['applied', 'untouched'],
  decide: ['applied'],
  expire: ['untouched'],
  apply: ['applied', 'untouched', 'taken back', 'stopped'],
  verify: ['applied', 'stopped'],
  'roll-back': ['taken back', 'stopped'],
  stop: ['stopped', 'stopped, told by the alarm alone'],
};

/** Rows of a call; whatever a process dies at, and however an answer is cut into pages, nothing comes of it. */
export function repairRows(sound: SoundRepairs, made: RepairCall): RepairRow[] {
  const { story, call } = made;
  const [name = ''] = call.split(' ');
  const clean = sound.get(story)?.end ?? '';
  return [...failures(made), ...crashes(made)].map(([says, fault]): RepairRow => {
    const isClean = /^crash|^partial/.test(String(fault.how));
    return [`${says} (${story})`, { story, fault }, isClean ? [clean] : [clean, ...(ENDS[name] ?? [])]];
  });
}

/** The functions of repairs, by their folders. */
export const REPAIR_FUNCTIONS: readonly string[] = Object.keys(ENDS);
