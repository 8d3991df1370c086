import { begin } from '../../shared/pipeline/begin.ts';
import type { Claims } from '../../shared/pipeline/claims.ts';
import type { Turn } from '../../shared/pipeline/lane.ts';
import { laneRegister } from '../../shared/pipeline/lane-register.ts';
import { type LaneState, laneStateSchema } from '../../shared/pipeline/lane-state.ts';
import { memoryLanes } from '../../shared/pipeline/memory-lanes.ts';
import { readRequests } from '../../shared/pipeline/read-claims.ts';
import type { ScopeRegister } from '../../shared/pipeline/register.ts';
import { type Evaluations, requestEvaluations } from '../../shared/pipeline/request-evaluations.ts';
import { resumeLanes } from '../../shared/pipeline/resume-lanes.ts';
import { settle } from '../../shared/pipeline/settle.ts';
import { memoryClaims, requestOf, silent } from './pipeline.ts';
import { type Choose, createSchedule, type Spawn } from './schedule.ts';

/**
 * One lane with its triage, its state machine and its sweep: the real functions, each call of a port a step that the
 * schedule places. AWS is what is said of it: a queue delivers until nothing fails, a name is started once, a step of the
 * state machine that fails is tried again, a sweep comes as long as the lane is busy.
 */
export interface LaneCase {
  /** The event of each message of the queue; one that is there twice is a duplicate. */
  readonly messages: readonly string[];
  /** How many calls fail, before or after they took effect. */
  readonly failures?: number;
  /** How many executions are killed. */
  readonly kills?: number;
  /** How often an execution that runs is taken for one that does not. */
  readonly mistakes?: number;
  /** How many sweeps come at any time; the ones at the end are not counted. */
  readonly sweeps?: number;
  /** Whether calls of the bucket are steps of their own, too; left out, they come with the step before. */
  readonly bucket?: boolean;
  /** Comes between: to see that the model notices what it breaks. */
  readonly breaking?: (register: ScopeRegister) => ScopeRegister;
}

/** What happened, for the properties; `executions` in the order in which they were started. */
export interface LaneStory {
  readonly executions: readonly Execution[];
  readonly faults: readonly string[];
}

interface Execution {
  readonly turn: Turn;
  /** Events of the requests that it had to judge. */
  causes: readonly string[];
  /** Changes that it read. */
  read: readonly string[] | null;
  state: 'started' | 'working' | 'recorded' | 'settled' | 'ended' | 'killed';
  replaced: boolean;
}

const NOW = new Date('2026-11-20T09:00:00Z');
/** A sweep that finds every turn old enough. */
const LATER = new Date('2036-11-20T09:00:00Z');
const MOST_SWEEPS = 12;
/** The lane's key is short and alone: what a hash gives is as distinct. */
const hash = (text: string): string => text.padEnd(16, '0');

/**
 * Plays one schedule of a case. `choose` decides at every step; the same choices give the same story. What goes wrong on
 * the way is in `faults` at once, though `choose` may end the story before its end by a throw.
 */
export async function playLane(
  {
    messages,
    failures = 0,
    kills = 0,
    mistakes = 0,
    sweeps = 0,
    bucket = false,
    breaking = (register) => register,
  }: LaneCase,
  choose: Choose,
  faults = new Set<string>(),
): Promise<LaneStory> {
  const kept = new Map<string, LaneState>();
  const executions: Execution[] = [];
  const changes: string[] = [];
  const objects = new Map<string, string>();
  const claims = memoryClaims(objects);
  const budget = { failures, kills, mistakes, sweeps };
  const schedule = createSchedule(choose, budget);
  const atomic = breaking(laneRegister(memoryLanes(kept), hash, () => NOW));
  const running = (turn: Turn) =>
    executions.some((each) => each.turn.name === turn.name && !['ended', 'killed'].includes(each.state));

  const ports = (call: Spawn) => {
    const register: ScopeRegister = {
      request: (...args) => call('request', () => atomic.request(...args)),
      begin: (turn) => call(`begin ${turn.name}`, () => atomic.begin(turn)),
      settle: (turn, covering) =>
        call(`settle ${turn.name} ${covering}`, async () => {
          const next = await atomic.settle(turn, covering);
          const own = executions.find((each) => each.turn.name === turn.name);
          if (own?.state === 'recorded') own.state = 'settled';
          return next;
        }),
      replace: (turn) =>
        call(`replace ${turn.name}`, async () => {
          const next = await atomic.replace(turn);
          for (const each of executions) if (each.turn.name === turn.name) each.replaced = true;
          return next;
        }),
      busy: atomic.busy,
    };
    const evaluations: Evaluations = {
      start: (turn) =>
        call(`start ${turn.name}`, async () => {
          if (executions.some((each) => each.turn.name === turn.name)) return 'repeated';
          const execution: Execution = { turn, causes: [], read: null, state: 'started', replaced: false };
          executions.push(execution);
          execute(execution);
          return 'started';
        }),
      isRunning: (turn) =>
        call(
          `isRunning ${turn.name}`,
          async () => running(turn),
          async () => false,
        ),
    };
    const gated: Claims = {
      put: (key, text) => call(`put ${key}`, () => claims.put(key, text)),
      get: (key) => call(`get ${key}`, () => claims.get(key)),
    };
    return { register, evaluations, telemetry: silent, claims: bucket ? gated : claims, now: () => NOW };
  };

  const execute = (execution: Execution): void => {
    const { turn } = execution;
    const killed = () => {
      execution.state = 'killed';
    };
    const work = async (call: Spawn): Promise<void> => {
      const begun = await again(() => begin({ ...ports(call), clusterStatus: async () => null })(turn));
      if (begun.next === 'judge') {
        execution.state = 'working';
        const requests = await again(() => readRequests(ports(call).claims, begun.requests));
        execution.causes = requests.flatMap(({ causes }) => causes.map(({ eventId }) => eventId));
        const read = await again(() => call('read', async () => [...changes]));
        await again(() =>
          call('record', async () => {
            execution.read = read;
            if (execution.state === 'working') execution.state = 'recorded';
          }),
        );
        await again(() => settle(ports(call))(turn, begun.covering));
      }
      execution.state = 'ended';
    };
    schedule.spawn(turn.name, work, killed);
  };

  const deliver = (event: string): void =>
    schedule.spawn(`deliver ${event}`, async (call) => {
      const { register, ...others } = ports(call);
      const [failed] = await requestEvaluations([askedBy(event)], {
        ...others,
        register: {
          // The change is the last thing before its request: any earlier, and more reads would see it.
          request: (...args) =>
            call('request', () => {
              if (!changes.includes(event)) changes.push(event);
              return atomic.request(...args);
            }),
        },
      });
      if (failed !== undefined) deliver(event);
    });

  const sweep = (): void =>
    schedule.spawn('sweep', async (call) => {
      await resumeLanes({ ...ports(call), now: () => LATER })();
    });

  for (const event of messages) deliver(event);
  let sweepsAtTheEnd = 0;
  const shared = (): string =>
    JSON.stringify([[...kept], [...objects].sort(), executions, changes, sweepsAtTheEnd]);
  const watch = (): void => {
    const working = executions.filter(
      ({ state, replaced }) => !replaced && (state === 'working' || state === 'recorded'),
    );
    if (working.length > 1) faults.add(`${working.length} turns at once`);
    for (const state of kept.values()) {
      if (state.evaluated > state.requested) faults.add('more evaluated than requested');
    }
  };
  await schedule.run({ watch, shared, sweep });
  while ([...kept.values()].some(({ out }) => out !== null)) {
    if (sweepsAtTheEnd === MOST_SWEEPS) {
      faults.add('the lane is busy for ever');
      break;
    }
    sweepsAtTheEnd += 1;
    sweep();
    await schedule.run({ watch, shared });
  }
  return { executions, faults: [...faults, ...unfinished(kept, executions, changes)] };
}

/** What Step Functions does with a step that fails: as often as there is a failure to come. */
async function again<Result>(step: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await step();
    } catch {
      // The next try decides.
    }
  }
}

function askedBy(event: string) {
  const [cause] = requestOf().causes;
  return {
    request: requestOf({ causes: [{ ...cause!, eventId: event }] }),
    eventIds: [event],
    messages: [event],
  };
}

/** What ought to be so in the end. */
function unfinished(
  kept: ReadonlyMap<string, LaneState>,
  executions: readonly Execution[],
  changes: readonly string[],
): string[] {
  const faults: string[] = [];
  for (const state of kept.values()) {
    const { requested, evaluated, pending } = laneStateSchema.parse(state);
    if (requested !== evaluated) faults.push('not everything that was requested is evaluated');
    if (pending.length > 0) faults.push('something is pending');
  }
  for (const change of changes) {
    const judged = executions.filter(({ read }) => read?.includes(change));
    if (judged.length === 0) faults.push('a change was not read by any turn that recorded');
    if (!judged.some(({ causes }) => causes.includes(change)))
      faults.push('a change was judged without its event');
  }
  return faults;
}
