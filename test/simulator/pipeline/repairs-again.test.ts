import { TagRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../shared/config/config.ts';
import { planRepair } from '../../../shared/pipeline/repair/plan.ts';
import { ACCOUNT, alice, approving, REGION, repairStage, repairsIn } from '../../support/repair-stage.ts';

type Stage = Awaited<ReturnType<typeof repairStage>>;

/** Breaks the trust policy, and returns what asks for an approval. */
async function breakTrust({ pipeline, write, broken }: Stage) {
  await pipeline.settle();
  await write(broken);
  return repairsIn(await pipeline.settle())[0];
}

const whats = (messages: Parameters<typeof repairsIn>[0]) => repairsIn(messages).map(({ what }) => what);

/** Some event about the role, hours later: the account is judged again. */
async function judgeAgain({ simulation, iam, pipeline }: Stage, hours: number) {
  simulation.clock.advance(hours * 3600);
  const Tags = [{ Key: 'seen', Value: String(simulation.clock.now().getTime()) }];
  await iam.send(new TagRoleCommand({ RoleName: 'shop', Tags }));
  return pipeline.settle();
}

/** What is told in evaluations over the following day. */
async function overTheDay(stage: Stage): Promise<string[]> {
  const told: string[] = [];
  for (const hours of [0.5, 1, 4, 8, 3]) told.push(...whats(await judgeAgain(stage, hours)));
  return told;
}

async function approve({ pipeline }: Stage, plan: string | undefined) {
  await pipeline.repairs.decide(plan ?? '', 'approved', alice);
  return pipeline.settle();
}

const kept = async ({ pipeline }: Stage) => (await pipeline.repairs.store.plans()).length;

describe('what came to nothing is tried again', () => {
  it('by the same execution, from what was read since, when somebody edited the policy before the approval', async () => {
    const stage = await repairStage(approving());
    const asked = await breakTrust(stage);
    await stage.write(stage.broken.replace('"Pods"', '"Podz"'));
    expect(whats(await stage.pipeline.settle())).toEqual([]);
    const told = await approve(stage, asked?.plan);
    expect(whats(told)).toEqual(['refused', 'approval-requested']);
    const again = repairsIn(told)[1];
    expect(again?.plan).not.toBe(asked?.plan);
    expect(whats(await approve(stage, again?.plan))).toEqual(['verified']);
    expect(await stage.live()).toBe(stage.sound.replace('"Pods"', '"Podz"'));
    const ends = stage.pipeline.repairs.executions.map(({ ended }) => JSON.stringify(ended));
    expect(ends.filter((text) => !text.includes('it is the same mistake'))).toHaveLength(1);
  });

  it('after the quarter of an hour for which a target is left in peace, and not before', async () => {
    const stage = await repairStage(approving());
    const asked = await breakTrust(stage);
    await approve(stage, asked?.plan);
    const entries = await stage.pipeline.repairs.store.entries(asked?.plan ?? '');
    const verified = Date.parse(entries.find(({ what }) => what === 'verified')?.at ?? '');
    stage.simulation.clock.advance(300);
    await stage.write(stage.sound.replace('sts.amazonaws.com"}', 'sts.amazon.com"}'));
    const [again, ...more] = repairsIn(await stage.pipeline.settle());
    expect([again?.what, more]).toEqual(['approval-requested', []]);
    const [planned] = await stage.pipeline.repairs.store.entries(again?.plan ?? '');
    expect(Date.parse(planned?.at ?? '') - verified).toBeGreaterThanOrEqual(15 * 60_000);
    expect(Date.parse(planned?.at ?? '') - verified).toBeLessThan(20 * 60_000);
    expect(whats(await approve(stage, again?.plan))).toEqual(['verified']);
    expect(await stage.live()).toContain('"sts.amazonaws.com"');
  });

  it('where two findings are about one policy: the second plan is stale by the first, and made anew', async () => {
    const stage = await repairStage(twoBindings());
    const { sound, broken } = twoStatements(stage);
    await stage.write(sound);
    await stage.pipeline.settle();
    await stage.write(broken);
    const asked = repairsIn(await stage.pipeline.settle());
    expect(asked.map(({ what }) => what)).toEqual(['approval-requested', 'approval-requested']);
    const told = [...(await approve(stage, asked[0]?.plan)), ...(await approve(stage, asked[1]?.plan))];
    expect(whats(told)).toEqual(['verified', 'refused', 'approval-requested']);
    expect(whats(await approve(stage, repairsIn(told)[2]?.plan))).toEqual(['verified']);
    const live = await stage.live();
    expect(live).toContain('system:serviceaccount:shop:cart');
    expect(live.split('"sts.amazonaws.com"')).toHaveLength(3);
  });

  it('by a later evaluation, when its execution failed', async () => {
    let lost = true;
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name === 'plan' && lost)
          throw Object.assign(new Error('the snapshot is gone'), { name: 'LostClaimError' });
        return handler(event, context);
      },
    });
    expect(await breakTrust(stage)).toBeUndefined();
    lost = false;
    expect(whats(await judgeAgain(stage, 0.5))).toEqual([]);
    expect(whats(await judgeAgain(stage, 1))).toEqual(['approval-requested']);
  });

  it('after somebody let go of the targets of a plan that stopped', async () => {
    let undecided = true;
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name === 'verify' && undecided)
          throw Object.assign(new Error('not read'), { name: 'UndecidedError' });
        return handler(event, context);
      },
    });
    const asked = await breakTrust(stage);
    expect(whats(await approve(stage, asked?.plan))).toEqual(['stopped']);
    undecided = false;
    const { store } = stage.pipeline.repairs;
    // Somebody puts it back by hand, and the finding stays what it was.
    await stage.write(stage.broken);
    for (const key of await store.locks.heldBy(asked?.plan ?? ''))
      await store.locks.release(key, asked?.plan ?? '');
    await store.note({ plan: asked?.plan ?? '', what: 'unlocked', by: alice.arn });
    expect(whats(await judgeAgain(stage, 2))).toEqual(['approval-requested']);
  });
});

describe('what is tried again neither by its execution nor by evaluations of the following day', () => {
  it.each<[string, (stage: Stage, plan: string) => Promise<unknown>]>([
    ['somebody is asked about', async () => undefined],
    ['was rejected', async ({ pipeline }, plan) => pipeline.repairs.decide(plan, 'rejected', alice)],
    ['nobody decided on', async ({ pipeline }) => pipeline.repairs.expire()],
  ])('what %s', async (_name, then) => {
    const stage = await repairStage(approving());
    const asked = await breakTrust(stage);
    await then(stage, asked?.plan ?? '');
    await stage.pipeline.settle();
    expect(await overTheDay(stage)).toEqual([]);
    expect(await kept(stage)).toBe(1);
  });

  it('what was taken back since it did not help', async () => {
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name === 'verify') throw Object.assign(new Error('worse'), { name: 'WorseError' });
        return handler(event, context);
      },
    });
    const asked = await breakTrust(stage);
    expect(whats(await approve(stage, asked?.plan))).toEqual(['rolled-back']);
    expect(await overTheDay(stage)).toEqual([]);
    expect(await stage.live()).toBe(stage.broken);
  });

  it('what its owner put back', async () => {
    const stage = await repairStage(approving());
    const asked = await breakTrust(stage);
    await approve(stage, asked?.plan);
    stage.simulation.clock.advance(3600);
    await stage.write(stage.broken);
    expect(whats(await stage.pipeline.settle())).toEqual(['left-to-owner']);
    expect(await overTheDay(stage)).toEqual([]);
    expect(await stage.live()).toBe(stage.broken);
  });

  it('a plan in mode plan: one is kept', async () => {
    const stage = await repairStage(approving({ mode: 'plan' }));
    expect(await breakTrust(stage)).toBeUndefined();
    expect(await overTheDay(stage)).toEqual([]);
    expect(await kept(stage)).toBe(1);
  });
});

/** A plan that somebody is asked about, and what its execution was started with. */
async function asked() {
  const stage = await repairStage(approving());
  const { plan = '' } = (await breakTrust(stage)) ?? {};
  const { repairs } = stage.pipeline;
  const note = (...events: readonly ('stale' | 'refused' | 'approved')[]) =>
    Promise.all(events.map(async (what) => repairs.store.note({ plan, what })));
  const [execution] = repairs.executions;
  return { stage, plan, note, ports: repairs.ports, repair: execution!.repair };
}

describe('an execution that plans again', () => {
  it('waits until what made its plan stale can have been read, then longer and longer, and ends', async () => {
    const { stage, note, ports, repair } = await asked();
    await note('stale');
    await note('refused');
    const waits: number[] = [];
    for (let tries = 1; ; tries += 1) {
      const planned = await planRepair(ports)(repair, tries);
      if (planned.next !== 'wait') {
        expect(planned).toMatchObject({
          next: 'end',
          reason: 'it was planned 12 times, and comes to nothing',
        });
        break;
      }
      expect(planned.tries).toBe(tries + 1);
      waits.push(planned.seconds);
      stage.simulation.clock.advance(planned.seconds);
    }
    const [read, ...others] = waits;
    expect(read).toBeLessThanOrEqual(300);
    expect(others).toEqual([3600, 7200, 14_400, 21_600, 21_600, 21_600, 21_600, 21_600, 21_600, 21_600]);
  });

  it('tries the same changes once more where a guard said no, and not a third time', async () => {
    const { stage, plan, note, ports, repair } = await asked();
    await note('refused');
    stage.simulation.clock.advance(600);
    for (const _call of ['the first', 'its repetition'])
      expect(await planRepair(ports)(repair, 1)).toMatchObject({ next: 'approve', digest: plan });
    const second = await planRepair(ports)(repair, 2);
    expect(second).toMatchObject({ next: 'end', reason: 'the same changes were refused before' });
  });

  it('leaves a finding that has changed to its own execution', async () => {
    const { ports, repair } = await asked();
    expect(await planRepair(ports)({ ...repair, name: 'fix-of-another-step' }, 1)).toMatchObject({
      next: 'end',
      reason: 'the finding has changed: it has an execution of its own',
    });
  });

  it('gives way to another that made a plan meanwhile', async () => {
    const { stage, note, ports, repair } = await asked();
    await note('refused');
    stage.simulation.clock.advance(600);
    const { lastTry } = ports.store;
    const store = { ...ports.store, noteTry: async () => false };
    expect(await lastTry(repair.name)).toMatchObject({ execution: repair.name });
    expect(await planRepair({ ...ports, store })(repair, 1)).toMatchObject({
      next: 'end',
      reason: 'another execution made a plan for it meanwhile',
    });
  });
});

it('what is declined for the same reasons is told once, for other reasons again', async () => {
  const { stage, ports, repair } = await asked();
  await stage.pipeline.repairs.store.note({ plan: (await lastPlan(stage)) ?? '', what: 'refused' });
  stage.simulation.clock.advance(600);
  const counted: string[] = [];
  const telemetry = { count: (metric: string) => void counted.push(metric), note: () => undefined };
  const declining = (reason: string) => ({
    ...ports,
    telemetry,
    planner: {
      ...ports.planner,
      planFinding: () => ({ kind: 'declined' as const, reasons: [reason] }),
    },
  });
  for (const [name, reason] of [
    ['one', 'the providers were not read'],
    ['two', 'the providers were not read'],
    ['three', 'the quota would be exceeded'],
  ] as const)
    expect(await planRepair(declining(reason))({ ...repair, name })).toMatchObject({ next: 'end', reason });
  expect(counted).toEqual(['PlansDeclined', 'PlansDeclined']);
});

const lastPlan = async ({ pipeline }: Stage) => (await pipeline.repairs.store.plans())[0]?.plan;

function twoBindings() {
  const binding = (serviceAccount: string) => ({
    cluster: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/prod`,
    namespace: 'shop',
    serviceAccount,
    role: `arn:aws:iam::${ACCOUNT}:role/shop`,
  });
  const bindings = [binding('cart'), binding('api')];
  return configSchema.parse({ bindings, fixes: { mode: 'approve', canaryFirst: false } });
}

function twoStatements({ provider, issuer }: Stage) {
  const statement = (Sid: string, subject: string, audience: string) => ({
    Sid,
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: audience } },
  });
  const policy = (cart: string, audience: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        statement('Cart', cart, 'sts.amazonaws.com'),
        statement('Api', 'system:serviceaccount:shop:api', audience),
      ],
    });
  return {
    sound: policy('system:serviceaccount:shop:cart', 'sts.amazonaws.com'),
    broken: policy('system:serviceaccount:shop/cart', 'sts.amazon.com'),
  };
}
