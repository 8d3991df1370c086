/** Decides between so many options. */
export type Choose = (options: number) => number;

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

interface Waiting {
  readonly work: () => Promise<unknown>;
  readonly mistaken: (() => Promise<unknown>) | undefined;
  readonly done: (result: unknown) => void;
  readonly failed: (error: Error) => void;
  readonly kill: (() => void) | undefined;
}

export interface Schedule {
  /** Starts a process; one with `onKill` can be killed at any of its calls. */
  readonly spawn: (process: (call: Spawn) => Promise<void>, onKill?: () => void) => void;
  /** Lets one process after the other take a step until none is left; `sweep` is started at any time, as often as the budget says. */
  readonly run: (watch: () => void, sweep?: () => void) => Promise<void>;
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
      waiting.add({ work: each.work, mistaken: undefined, done: stopped, failed: stopped, kill: undefined });
    each.failed(new Error('the call failed'));
  };

  return {
    spawn: (process, onKill) => {
      moving += 1;
      const call: Spawn = (_name, work, mistaken) =>
        new Promise((resolve, reject) => {
          waiting.add({
            work,
            mistaken,
            done: resolve as (result: unknown) => void,
            failed: reject,
            kill: onKill,
          });
          stopped();
        });
      void process(call).finally(stopped);
    },
    run: async (watch, sweep) => {
      await untilStill();
      for (let found = options(sweep); found.length > 0; found = options(sweep)) {
        await found[choose(found.length)]!();
        await untilStill();
        watch();
        // A sweep that nobody is left to be disturbed by is one of those at the end.
        if (waiting.size === 0) return;
      }
    },
  };
}

/**
 * Plays every sequence of choices, each from the beginning, the last choice changing first. Returns how many there were.
 * `play` must choose alike when its choices are alike.
 */
export async function everySchedule(play: (choose: Choose) => Promise<void>): Promise<number> {
  let planned: number[] = [];
  for (let played = 1; ; played += 1) {
    const taken: { choice: number; of: number }[] = [];
    await play((of) => {
      const choice = planned[taken.length] ?? 0;
      taken.push({ choice, of });
      return choice;
    });
    while (taken.length > 0 && taken.at(-1)!.choice + 1 === taken.at(-1)!.of) taken.pop();
    const last = taken.pop();
    if (last === undefined) return played;
    planned = [...taken.map(({ choice }) => choice), last.choice + 1];
  }
}
