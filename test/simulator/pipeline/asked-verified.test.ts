import { describe, expect, it } from 'vitest';
import { runRepair } from '../../../cli/repair/run-repair.ts';
import type { Change } from '../../../shared/changes/change.ts';
import { takingBack } from '../../../shared/changes/guards/taken-back.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { originOf, planOf, ROLE } from '../../support/plans.ts';
import { ACCOUNT, alice, approving, repairStage } from '../../support/repair-stage.ts';

const CLAIM = 'command-line/before';

/** A plan that answers no finding, as migrations and grants are: from one trust policy to another, approved. */
async function asked(after: (sound: string) => string) {
  const stage = await repairStage(approving());
  const { ports, store } = stage.pipeline.repairs;
  const before = await ports.collector.read(ACCOUNT);
  await ports.claims.put(CLAIM, JSON.stringify(before));
  const change: Change = {
    kind: 'trust-policy',
    target: { account: ACCOUNT, arn: ROLE },
    before: stage.sound,
    after: after(stage.sound),
  };
  const madeAt = stage.simulation.clock.now().toISOString();
  const plan = planOf({ answers: [], changes: [change], madeAt });
  const digest = await store.keep(plan, originOf({ snapshots: [CLAIM], clusters: null }));
  await store.decide({ plan: digest, verdict: 'approved', by: alice, at: madeAt });
  return { ...stage, digest, ports, store, change, before };
}

const alike = (sound: string) => sound.replace('"Pods"', '"PodsOfShop"');
const open = (sound: string) =>
  sound
    .replace(/"Principal":\{[^}]*\}/, '"Principal":"*"')
    .replace(/,"Condition":\{.*\}(?=\}\])/, '')
    .replace('AssumeRoleWithWebIdentity', 'AssumeRole');

describe('a plan that answers no finding', () => {
  it('is verified where nothing is worse than before', async () => {
    const { digest, ports, live, change } = await asked(alike);
    expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'verified' });
    expect(await live()).toBe(change.after);
  });

  it('is taken back where a finding arises that was not there', async () => {
    const { digest, ports, live, sound } = await asked(open);
    const result = await runRepair(digest, ports);
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/^WorseError: Since the fix there is no-public-trust/),
    });
    expect(await live()).toBe(sound);
  });

  it.each<[string, string, Partial<Snapshot['coverage'][number]>, string]>([
    ['something of its account', 'could be read before and not now', { account: ACCOUNT }, 'stopped'],
    ['something of another account', 'was not read', { account: '999988887777' }, 'verified'],
  ])('of which %s %s', async (_what, _how, place, outcome) => {
    const { digest, ports, store } = await asked(alike);
    const collector = {
      read: async (account: string): Promise<Snapshot> => {
        const snapshot = await ports.collector.read(account);
        const gap = { read: 'iam:ListRoles', reason: 'ThrottlingException', ...place };
        return { ...snapshot, coverage: [...snapshot.coverage, gap] };
      },
    };
    const result = await runRepair(digest, { ...ports, collector });
    expect(result.outcome).toBe(outcome);
    if (outcome === 'stopped') {
      expect(result.reason).toContain(
        'UndecidedError: Whether anything is worse cannot be said: iam:ListRoles',
      );
      expect(await store.locks.heldBy(digest)).toHaveLength(1);
    }
  });

  it('does not stop for what could not be read before either', async () => {
    const { digest, ports, before } = await asked(alike);
    const gap = { read: 'iam:ListUsers', account: ACCOUNT, reason: 'AccessDenied' };
    await ports.claims.put(CLAIM, JSON.stringify({ ...before, coverage: [gap] }));
    const collector = {
      read: async (account: string) => ({ ...(await ports.collector.read(account)), coverage: [gap] }),
    };
    expect(await runRepair(digest, { ...ports, collector })).toMatchObject({ outcome: 'verified' });
  });

  it('is taken back by a plan of its own, and then no other of its kind follows it', async () => {
    const { digest, ports, store, change, live, sound } = await asked(alike);
    expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'verified' });
    expect(await store.canary(ACCOUNT, 'asked: trust-policy', 'another')).toBe('goes');
    await ports.claims.put(CLAIM, JSON.stringify(await ports.collector.read(ACCOUNT)));
    const changes = takingBack([change]) ?? [];
    const madeAt = ports.now().toISOString();
    const plan = planOf({ answers: [], changes, madeAt });
    const back = await store.keep(plan, originOf({ snapshots: [CLAIM], clusters: null, takesBack: digest }));
    await store.decide({ plan: back, verdict: 'approved', by: alice, at: madeAt });
    expect(await runRepair(back, ports)).toMatchObject({ outcome: 'verified' });
    expect(await live()).toBe(sound);
    expect(await store.canary(ACCOUNT, 'asked: trust-policy', 'another')).toBe('barred');
  });
});
