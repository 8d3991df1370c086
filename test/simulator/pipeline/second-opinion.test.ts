import { expect, it } from 'vitest';
import { runRepair } from '../../../cli/repair/run-repair.ts';
import { planRepair } from '../../../shared/pipeline/repair/plan.ts';
import { alice, approving, repairStage } from '../../support/repair-stage.ts';

/** A broken trust policy that the pipeline plans to repair, planned once more with somebody else's opinion. */
async function plannedWith(objections: readonly string[]) {
  const stage = await repairStage(approving());
  await stage.pipeline.settle();
  await stage.write(stage.broken);
  await stage.pipeline.settle();
  const [execution] = stage.pipeline.repairs.executions;
  const { ports, store } = stage.pipeline.repairs;
  const planned = await planRepair({ ...ports, secondOpinion: async () => objections })(execution!.repair);
  if (planned.next !== 'approve') throw new Error(JSON.stringify(planned));
  const at = stage.simulation.clock.now().toISOString();
  await store.decide({ plan: planned.digest, verdict: 'approved', by: alice, at });
  return {
    ...stage,
    outcome: await runRepair(planned.digest, ports),
    kept: await store.plan(planned.digest),
  };
}

it('an objection blocks a plan, even one that somebody approved', async () => {
  const { outcome, kept, live, broken } = await plannedWith(['somebody gets in anew']);
  expect(kept.plan.blockers).toEqual(['somebody gets in anew']);
  expect(outcome).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('somebody gets in anew'),
  });
  expect(await live()).toBe(broken);
});

it('without an objection the plan is carried out as it was made', async () => {
  const { outcome, live, sound } = await plannedWith([]);
  expect(outcome).toMatchObject({ outcome: 'verified' });
  expect(await live()).toBe(sound);
});
