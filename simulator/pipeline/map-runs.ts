import type { MapRun, MapRuns } from '../../shared/pipeline/scan/pace-scan.ts';

/** What a map run tells while it is under way. */
interface RunningMap {
  readonly started: () => void;
  readonly ended: () => void;
  readonly over: () => void;
}

/** Map runs in this process, of which as many items are at work at once as was set last. */
export interface SimulatedMapRuns extends MapRuns {
  /** Begins a map run; `follow` lets so many items be at work from then on. */
  readonly begin: (
    execution: string,
    label: string,
    concurrency: number,
    follow: (concurrency: number) => void,
  ) => RunningMap;
  /**
   * What a waiting state waits for here: ends when an item of an execution's map run began or ended since this was last asked,
   * and when that run is over.
   */
  readonly change: (execution: string) => Promise<void>;
}

/** No map run to begin with. */
export function simulatedMapRuns(now: () => Date): SimulatedMapRuns {
  const runs = new Map<
    string,
    { execution: string; label: string; run: MapRun; follow: (to: number) => void }
  >();
  let changed = false;
  let wake: (() => void) | undefined;
  const tell = (): void => {
    changed = true;
    wake?.();
  };
  const update = (arn: string, part: (run: MapRun) => Partial<MapRun>): void => {
    const known = runs.get(arn);
    if (known === undefined) throw new RangeError(`There is no map run ${arn}.`);
    known.run = { ...known.run, ...part(known.run) };
  };
  return {
    begin: (execution, label, concurrency, follow) => {
      const arn = `${execution.replace(':execution:', ':mapRun:').replace(/:[^:]+$/, '')}/${label}:${runs.size}`;
      const run = { arn, startedAt: now(), active: true, concurrency, running: 0, ended: 0 };
      runs.set(arn, { execution, label, run, follow });
      const telling = (part: (run: MapRun) => Partial<MapRun>) => () => {
        update(arn, part);
        tell();
      };
      return {
        started: telling(({ running }) => ({ running: running + 1 })),
        ended: telling(({ running, ended }) => ({ running: running - 1, ended: ended + 1 })),
        over: telling(() => ({ active: false })),
      };
    },
    change: async (execution) => {
      const own = [...runs.values()].filter((each) => each.execution === execution);
      const over = own.length > 0 && own.every(({ run }) => !run.active);
      if (!changed && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      changed = false;
    },
    find: async (execution, label) =>
      [...runs.values()].findLast((each) => each.execution === execution && each.label === label)?.run ??
      null,
    setConcurrency: async (arn, concurrency) => {
      update(arn, () => ({ concurrency }));
      runs.get(arn)?.follow(concurrency);
    },
  };
}
