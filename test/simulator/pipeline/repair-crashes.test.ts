import { describe, expect, it } from 'vitest';
import { accountCollector } from '../../../shared/aws/pipeline/collector.ts';
import { targetKey } from '../../../shared/changes/change.ts';
import { standingOf } from '../../../shared/changes/repairs/entries.ts';
import { openSqliteRecords } from '../../../shared/sqlite/records.ts';
import { createRepairs } from '../../../simulator/pipeline/repairs.ts';
import { memoryServices } from '../../../simulator/pipeline/services.ts';
import { crashing, type How } from '../../support/crashing.ts';
import { alice, approving, repairStage, repairsIn } from '../../support/repair-stage.ts';

/** How verifying ends: it succeeds, says that it got worse, or cannot say. */
type Verdict = 'verified' | 'WorseError' | 'UndecidedError';

/** An account with one open finding, whose repair can be run again and again. */
async function prepared() {
  const config = approving();
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await repairStage(config, { services });
  await stage.pipeline.settle();
  await stage.write(stage.broken);
  await stage.pipeline.settle();
  const repair = stage.pipeline.repairs.executions[0]!.repair;
  stage.pipeline.repairs.expire();
  await stage.pipeline.settle();
  const collector = accountCollector(() => stage.simulation.clients(), stage.simulation.clock.now);
  const observed = {
    store: services.evidence,
    keepsSessions: () => false,
    keepsAccessDenied: () => false,
  };
  const telemetry = { count: () => undefined, note: () => undefined };
  return { ...stage, config, services, repair, parts: { collector, observed, telemetry } };
}

/** Runs the repair to its end with one accident, and says how everything stands then. */
async function run(
  { simulation, services, config, repair, parts, ...stage }: Awaited<ReturnType<typeof prepared>>,
  verdict: Verdict,
  at: { readonly call: number; readonly how: How } | null,
) {
  await stage.write(stage.broken);
  const crash = crashing(at);
  const repairs = createRepairs({
    ...parts,
    simulation,
    services,
    config,
    records: crash.records(openSqliteRecords(':memory:')),
    world: (world) => crash.world(world),
    around: (name, handler) =>
      name === 'verify' && verdict !== 'verified'
        ? async () => {
            throw Object.assign(new Error(verdict), { name: verdict });
          }
        : crash.around(name, handler),
  });
  await repairs.remediations.start(repair);
  await repairs.run();
  const [line] = await repairs.store.plans();
  const digest = line?.plan ?? '';
  // Whoever decides tries again when it failed.
  const decide = () => repairs.decide(digest, 'approved', alice);
  await decide().catch(decide);
  await repairs.run();
  const live = await stage.live();
  const { changes } = (await repairs.store.plan(digest)).plan;
  const holders = await Promise.all(changes.map((each) => repairs.store.locks.holder(targetKey(each))));
  return {
    seen: crash.seen,
    live: live === stage.sound ? 'after' : live === stage.broken ? 'before' : 'neither',
    locked: holders.some((holder) => holder !== null),
    standing: standingOf(await repairs.store.entries(digest)),
    ended: repairs.executions.map(({ ended }) => ended?.status ?? 'waits'),
    told: repairsIn(services.published.splice(0)).map(({ what }) => what),
  };
}

type Result = Awaited<ReturnType<typeof run>>;

/** Untouched, fully applied, fully rolled back, or stopped with a lock, an alarm and instructions. */
function endOf({ live, locked, standing, ended, told }: Result): string | null {
  const failed = ended.includes('failed');
  if (ended.includes('waits')) return null;
  if (live === 'after' && !locked && standing === 'verified' && told.includes('verified')) return 'applied';
  if (live === 'before' && !locked && standing === 'rolled-back' && told.includes('rolled-back'))
    return 'rolled back';
  if (live === 'before' && !locked && standing === 'open') return 'untouched';
  if (locked && failed && standing === 'stopped' && told.includes('stopped')) return 'stopped';
  return null;
}

describe.each<[Verdict, string]>([
  ['verified', 'applied'],
  ['WorseError', 'rolled back'],
  ['UndecidedError', 'stopped'],
])('a repair whose verification ends in %s', (verdict, without) => {
  it(`is ${without} when nothing happens, and ends in one of four ways whichever call its process dies at`, async () => {
    const stage = await prepared();
    const clean = await run(stage, verdict, null);
    expect(endOf(clean)).toBe(without);
    const ends = new Map<string, number>();
    for (let call = 0; call < clean.seen.length; call += 1) {
      for (const how of ['before', 'after', 'refused'] as const) {
        const result = await run(stage, verdict, { call, how });
        const end = endOf(result);
        expect({ ...clean.seen[call], how, ...result, seen: undefined, end }).toMatchObject({
          end: expect.any(String),
        });
        ends.set(end ?? '', (ends.get(end ?? '') ?? 0) + 1);
      }
    }
    expect(ends.get(without)).toBeGreaterThan(0);
    stage.pipeline.close();
  }, 120_000);
});
