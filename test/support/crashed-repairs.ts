import { LATE_SECONDS } from '../../shared/changes/applying.ts';
import { targetKey } from '../../shared/changes/change.ts';
import { standingOf } from '../../shared/changes/repairs/entries.ts';
import type { Config } from '../../shared/config/config.ts';
import type { ClusterObjects } from '../../shared/kube/changes/objects.ts';
import { openSqliteRecords } from '../../shared/sqlite/records.ts';
import type { Pipeline } from '../../simulator/pipeline/pipeline.ts';
import { createRepairs } from '../../simulator/pipeline/repairs.ts';
import type { Services } from '../../simulator/pipeline/services.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { crashing, type How } from './crashing.ts';
import { alice, repairsIn } from './repair-stage.ts';

/** How verifying ends: it succeeds, says that it got worse, or cannot say. */
export type Verdict = 'verified' | 'WorseError' | 'UndecidedError';

/** Something that is broken again and again, and how it stands. */
export interface Breakable {
  readonly simulation: Simulation;
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly config: Config;
  readonly objects?: ClusterObjects;
  /** How long reads lag; what was written is waited for before a repair begins and when it is over. */
  readonly lagSeconds?: number;
  readonly break: () => Promise<unknown>;
  /** `after` may be what it was before: of what is made anew. */
  readonly live: () => Promise<string>;
}

/** Breaks it, lets the first plan for it expire, and gives what runs its repair again and again. */
export async function repairAgain(stage: Breakable) {
  const { simulation, pipeline, services, config, objects, lagSeconds = 0 } = stage;
  const catchUp = () => simulation.clock.advance(lagSeconds);
  await pipeline.settle();
  await stage.break();
  catchUp();
  await pipeline.settle();
  const execution = pipeline.repairs.executions[0];
  if (execution === undefined) throw new Error('Nothing was found that is to be repaired.');
  pipeline.repairs.expire();
  await pipeline.settle();
  const { collector, observed, telemetry } = pipeline.repairs.ports;

  let runs = 0;
  /** Runs the repair to its end with one accident, or in a storm, and says how everything stands then. */
  return async (
    verdict: Verdict,
    at: { readonly call: number; readonly how: How } | null,
    strike: (simulation: Simulation) => void = () => {},
  ) => {
    await stage.break();
    catchUp();
    const crash = crashing(at);
    const repairs = createRepairs({
      run: `run ${runs++}`,
      collector,
      observed,
      telemetry,
      simulation,
      services,
      config,
      ...(objects !== undefined && { objects: async () => objects }),
      records: crash.records(openSqliteRecords(':memory:')),
      world: (world) => crash.world(world),
      around: (name, handler) =>
        name === 'verify' && verdict !== 'verified'
          ? async () => {
              throw Object.assign(new Error(verdict), { name: verdict });
            }
          : crash.around(name, handler),
    });
    const records: string[] = [];
    const forget = simulation.onRecord(({ eventName }) => void records.push(eventName));
    strike(simulation);
    await repairs.remediations.start(execution.repair);
    await repairs.run();
    const newest = async () => (await repairs.store.plans())[0]?.plan ?? '';
    // Whoever decides tries again when it failed, and says the same of the plan that follows one that came to nothing.
    const decide = async () => repairs.decide(await newest(), 'approved', alice);
    for (let plans = 0; plans < 2 && repairs.executions.some(({ ended }) => ended === null); plans += 1) {
      await decide().catch(decide);
      await repairs.run();
    }
    const digest = await newest();
    forget();
    simulation.faults.clear();
    const isLocked = async () => {
      const { changes } = (await repairs.store.plan(digest)).plan;
      const holders = await Promise.all(changes.map((each) => repairs.store.locks.holder(targetKey(each))));
      return holders.some((holder) => holder !== null);
    };
    // What is on its way arrives, and is seen.
    simulation.clock.advance(LATE_SECONDS);
    catchUp();
    return {
      seen: crash.seen,
      records,
      live: await stage.live(),
      locked: await isLocked(),
      standing: standingOf(await repairs.store.entries(digest)),
      ended: repairs.executions.map(({ ended }) => ended?.status ?? 'waits'),
      told: repairsIn(services.published.splice(0)).map(({ what }) => what),
    };
  };
}

export type Crashed = Awaited<ReturnType<Awaited<ReturnType<typeof repairAgain>>>>;

/** Untouched, fully applied, fully rolled back, or stopped with a lock, an alarm and instructions; null: none of them. */
export function endOf({ live, locked, standing, ended, told }: Crashed): string | null {
  const failed = ended.includes('failed');
  const [isBefore, isAfter] = [live.includes('before'), live.includes('after')];
  if (ended.includes('waits')) return null;
  if (isAfter && !locked && standing === 'verified' && told.includes('verified')) return 'applied';
  if (isBefore && !locked && standing === 'rolled-back' && told.includes('rolled-back')) return 'rolled back';
  if (isBefore && !locked && standing === 'open') return 'untouched';
  if (locked && failed && standing === 'stopped' && told.includes('stopped')) return 'stopped';
  return null;
}
