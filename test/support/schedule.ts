/**
 * Decides between so many options. `state` describes all that the future depends on: two schedules that come to the same
 * state have the same futures.
 */
export type Choose = (options: number, state: () => string) => number;

/** Makes a call of a port a step of its own; `mistaken` is what it answers when it errs. */
export type Spawn = <Result>(
  name: string,
  work: () => Promise<Result>,
  mistaken?: () => Promise<Result>,
) => Promise<Result>;

interface Budget {
  failures: number;
  kills: number;
  mistakes: number;
  sweeps: number;
}

/** A process knows nothing but its name and what its calls were answered, in order. */
interface Process {
  readonly name: string;
  readonly answers: string[];
}

interface Waiting {
  readonly of: string;
  readonly work: () => Promise<unknown>;
  readonly mistaken: (() => Promise<unknown>) | undefined;
  readonly done: (result: unknown) => void;
  readonly failed: (error: Error) => void;
  readonly kill: (() => void) | undefined;
}

export interface Schedule {
  /** Starts a process; one with `onKill` can be killed at any of its calls. The same name and answers: the same calls. */
  readonly spawn: (name: string, process: (call: Spawn) => Promise<void>, onKill?: () => void) => void;
  /**
   * Lets one process after the other take a step until none is left; `sweep` is started at any time, as often as the
   * budget says. `shared` describes what the processes have in common.
   */
  readonly run: (world: World) => Promise<void>;
}

interface World {
  readonly watch: () => void;
  readonly shared: () => string;
  readonly sweep?: () => void;
}

/** Processes that stand still at every call until they are chosen: what happens is decided by `choose` alone. */
export function createSchedule(choose: Choose, budget: Budget): Schedule {
  const waiting = new Set<Waiting>();
  let moving = 0;
  let still = () => {};
  const stopped = (): void => {
    moving -= 1;
    if (moving === 0) still();
  };
  const untilStill = (): Promise<void> =>
    moving === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          still = resolve;
        });

  const options = (sweep: (() => void) | undefined): (() => Promise<void> | void)[] => {
    const found: (() => Promise<void> | void)[] = [];
    for (const each of waiting) {
      found.push(() => step(each, each.work));
      const { mistaken, kill } = each;
      if (mistaken !== undefined && budget.mistakes > 0)
        found.push(() => {
          budget.mistakes -= 1;
          return step(each, mistaken);
        });
      if (budget.failures > 0)
        for (const takesEffect of ['never', 'before', 'after'] as const)
          found.push(() => {
            budget.failures -= 1;
            return fail(each, takesEffect);
          });
      if (kill !== undefined && budget.kills > 0)
        found.push(() => {
          budget.kills -= 1;
          waiting.delete(each);
          kill();
        });
    }
    if (sweep !== undefined && budget.sweeps > 0)
      found.push(() => {
        budget.sweeps -= 1;
        sweep();
      });
    return found;
  };
  const step = async (each: Waiting, work: () => Promise<unknown>): Promise<void> => {
    waiting.delete(each);
    moving += 1;
    each.done(await work());
  };
  /** The caller sees a failure; the call may have taken effect before, or will at any time after. */
  const fail = async (each: Waiting, takesEffect: 'never' | 'before' | 'after'): Promise<void> => {
    waiting.delete(each);
    moving += 1;
    if (takesEffect === 'before') await each.work();
    if (takesEffect === 'after')
      waiting.add({
        of: `${each.of}, late`,
        work: each.work,
        mistaken: undefined,
        done: stopped,
        failed: stopped,
        kill: undefined,
      });
    each.failed(new Error('the call failed'));
  };
  const describe = (shared: () => string) => (): string =>
    JSON.stringify([shared(), budget, [...waiting].map(({ of }) => of).sort()]);

  return {
    spawn: (name, process, onKill) => {
      moving += 1;
      const self: Process = { name, answers: [] };
      void process(callOf(self, { waiting, stopped, onKill })).finally(stopped);
    },
    run: async ({ watch, shared, sweep }) => {
      await untilStill();
      for (let found = options(sweep); found.length > 0; found = options(sweep)) {
        await found[choose(found.length, describe(shared))]!();
        await untilStill();
        watch();
        // A sweep that nobody is left to be disturbed by is one of those at the end.
        if (waiting.size === 0) return;
      }
    },
  };
}

interface Place {
  readonly waiting: Set<Waiting>;
  readonly stopped: () => void;
  readonly onKill: (() => void) | undefined;
}

/** The calls of a process: each stands still until it is chosen, and its answer is kept as what the process knows. */
function callOf({ name, answers }: Process, { waiting, stopped, onKill }: Place): Spawn {
  return (call, work, mistaken) =>
    new Promise((resolve, reject) => {
      waiting.add({
        of: `${name}: ${answers.join('; ')}; ${call}?`,
        work,
        mistaken,
        done: (result) => {
          answers.push(`${call} ${JSON.stringify(result)}`);
          resolve(result as Awaited<ReturnType<typeof work>>);
        },
        failed: (error) => {
          answers.push(`${call} failed`);
          reject(error);
        },
        kill: onKill,
      });
      stopped();
    });
}

/**
 * Plays every sequence of choices, each from the beginning, the last choice changing first. Returns how many there were.
 * `play` must choose alike when its choices are alike.
 */
export async function everySchedule(play: (choose: Choose) => Promise<void>): Promise<number> {
  return explore(play, () => false);
}

/** A schedule came to a state whose futures are explored already. */
class KnownStateError extends Error {
  override readonly name = 'KnownStateError';
}

/**
 * As everySchedule, but goes on from each state once: of schedules that come to the same state, in whatever order, only
 * the first is played to its end. `play` must choose alike when its choices are alike, and throw what `choose` throws.
 * `key` shortens the description of a state. Returns how many states there were.
 */
export async function everyState(
  play: (choose: Choose) => Promise<void>,
  key: (state: string) => string,
): Promise<number> {
  const known = new Set<string>();
  await explore(play, (state) => {
    const short = key(state);
    if (known.has(short)) return true;
    known.add(short);
    return false;
  });
  return known.size;
}

async function explore(
  play: (choose: Choose) => Promise<void>,
  isKnown: (state: string) => boolean,
): Promise<number> {
  let planned: number[] = [];
  for (let played = 1; ; played += 1) {
    const taken: { choice: number; of: number }[] = [];
    try {
      await play((of, state) => {
        const isNew = taken.length >= planned.length;
        if (isNew && isKnown(state())) throw new KnownStateError();
        const choice = planned[taken.length] ?? 0;
        taken.push({ choice, of });
        return choice;
      });
    } catch (error) {
      if (!(error instanceof KnownStateError)) throw error;
    }
    while (taken.length > 0 && taken.at(-1)!.choice + 1 === taken.at(-1)!.of) taken.pop();
    const last = taken.pop();
    if (last === undefined) return played;
    planned = [...taken.map(({ choice }) => choice), last.choice + 1];
  }
}
