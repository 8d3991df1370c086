import { expect, it } from 'vitest';
import { runRepair } from '../../cli/repair/run-repair.ts';
import { alice, approving, repairStage, repairsIn } from '../support/repair-stage.ts';

/** A broken trust policy, and the plan that the pipeline kept for it; the workflow is out of the way. */
async function planned() {
  const stage = await repairStage(approving());
  await stage.pipeline.settle();
  await stage.write(stage.broken);
  const [asked] = repairsIn(await stage.pipeline.settle());
  stage.pipeline.repairs.expire();
  await stage.pipeline.settle();
  const { ports, store } = stage.pipeline.repairs;
  const approve = () =>
    store.decide({
      plan: asked!.plan,
      verdict: 'approved',
      by: alice,
      at: stage.simulation.clock.now().toISOString(),
    });
  return { ...stage, digest: asked!.plan, ports, store, approve };
}

it('applies an approved plan and verifies it, as the workflow does', async () => {
  const { digest, ports, approve, live, sound } = await planned();
  await approve();
  expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'verified' });
  expect(await live()).toBe(sound);
  expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'verified' });
});

it('writes nothing without an approval', async () => {
  const { digest, ports, live, broken } = await planned();
  expect(await runRepair(digest, ports)).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('nobody has approved'),
  });
  expect(await live()).toBe(broken);
});

it('says later while the kill switch is engaged', async () => {
  const { digest, ports, approve, store, live, broken } = await planned();
  await approve();
  await store.turnKillSwitch(true, alice.arn, 'an incident');
  expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'later' });
  expect(await live()).toBe(broken);
});

it('stops, with the target locked, where the account cannot be read anew', async () => {
  const { digest, ports, approve, live, sound, store } = await planned();
  await approve();
  const collector = {
    read: async () => {
      throw Object.assign(new Error('no credentials'), { name: 'NoCredentialsError' });
    },
  };
  expect(await runRepair(digest, { ...ports, collector })).toMatchObject({ outcome: 'stopped' });
  expect(await live()).toBe(sound);
  expect((await store.entries(digest)).at(-1)?.what).toBe('stopped');
});

it('takes back what did not help', async () => {
  const { digest, ports, approve, live, broken } = await planned();
  await approve();
  const { collector } = ports;
  let reads = 0;
  const config = { ...ports.config };
  const stale = {
    read: async (account: string) => {
      reads += 1;
      const snapshot = await collector.read(account);
      return {
        ...snapshot,
        accounts: snapshot.accounts.map((one) => ({
          ...one,
          roles: one.roles?.map((role) =>
            role.arn.endsWith('/shop') ? { ...role, trustPolicy: broken } : role,
          ),
        })),
      } as typeof snapshot;
    },
  };
  const result = await runRepair(digest, { ...ports, config, collector: stale });
  expect(result).toMatchObject({
    outcome: 'rolled-back',
    reason: expect.stringContaining('StillFoundError'),
  });
  expect(reads).toBeGreaterThan(1);
  expect(await live()).toBe(broken);
});
