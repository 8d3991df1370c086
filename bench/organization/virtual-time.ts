interface Timer {
  readonly at: number;
  /** Timers of one time run in the order in which they were set. */
  readonly order: number;
  run: (() => void) | null;
}

/** Time that passes only when nothing is left to do: hours of waiting take as long as the work between. */
export interface VirtualTime {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs something to its end, moving time on from timer to timer; `tick` hears of each new time. */
  readonly run: <T>(work: () => Promise<T>, tick: (now: number) => void) => Promise<T>;
}

/**
 * Puts virtual time in the place of the process's clock and timers, before anything keeps a reference to them: modules that
 * do are to be imported afterwards. For a process that does nothing else.
 */
export function installVirtualTime(start: Date): VirtualTime {
  let now = start.getTime();
  let order = 0;
  const heap: Timer[] = [];
  const RealDate = Date;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  class VirtualDate extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      super(...((given.length === 0 ? [now] : given) as [number]));
    }
    static override now(): number {
      return now;
    }
  }

  const set = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
    const timer: Timer = {
      at: now + Math.max(1, Math.ceil(milliseconds)),
      order: order++,
      run: () => run(...args),
    };
    push(heap, timer);
    return Object.assign(timer, { ref: () => timer, unref: () => timer, hasRef: () => true });
  };
  const clear = (timer: unknown): void => {
    if (typeof timer === 'object' && timer !== null && 'run' in timer) timer.run = null;
  };
  Object.assign(globalThis, { Date: VirtualDate, setTimeout: set, clearTimeout: clear });

  return {
    now: () => now,
    sleep: (milliseconds) => new Promise((resolve) => void set(() => resolve(), milliseconds)),
    run: async (work, tick) => {
      let ended = false;
      const result = work().finally(() => {
        ended = true;
      });
      result.catch(() => undefined);
      for (await turn(); !ended; await turn()) {
        const next = heap[0];
        if (next === undefined) continue;
        now = next.at;
        tick(now);
        for (let due = heap[0]; due !== undefined && due.at <= now; due = heap[0]) {
          pop(heap);
          due.run?.();
        }
      }
      return result;
    },
  };
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap: the first to run is at its top. */
function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(timer, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const child = right !== undefined && left !== undefined && before(right, left) ? right : left;
    if (child === undefined || !before(child, last)) break;
    heap[at] = child;
    at = child === right ? 2 * at + 2 : 2 * at + 1;
  }
  heap[at] = last;
}
