import { TagRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { targetKey } from '../../../shared/changes/change.ts';
import { standingOf } from '../../../shared/changes/repairs/entries.ts';
import { configSchema } from '../../../shared/config/config.ts';
import { verifyPlan } from '../../../shared/pipeline/repair/verify.ts';
import { openSqliteRecords } from '../../../shared/sqlite/records.ts';
import { ACCOUNT, alice, approving, repairStage, repairsIn } from '../../support/repair-stage.ts';

type Stage = Awaited<ReturnType<typeof repairStage>>;

/** Breaks the trust policy, and returns what the topic told then. */
async function breakTrust({ pipeline, write, broken }: Stage) {
  await pipeline.settle();
  await write(broken);
  const messages = await pipeline.settle();
  return { messages, asked: repairsIn(messages)[0] };
}

const changesIn = (messages: readonly { readonly attributes: Readonly<Record<string, string>> }[]) =>
  messages.flatMap(({ attributes: { change, rule } }) => (change === undefined ? [] : [`${change} ${rule}`]));

const eventsOf = async ({ pipeline }: Stage, plan: string) =>
  (await pipeline.repairs.store.entries(plan)).map(({ what }) => what);

describe('a broken trust policy whose binding is declared', () => {
  it('is planned, approved, applied and verified; its own event comes back, and the finding resolves', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    expect(asked).toMatchObject({ what: 'approval-requested' });
    expect(await stage.live()).toBe(stage.broken);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    const after = await stage.pipeline.settle();
    expect(await stage.live()).toBe(stage.sound);
    expect(repairsIn(after).map(({ what }) => what)).toEqual(['verified']);
    expect(changesIn(after)).toEqual(['resolved no-missing-binding', 'resolved no-malformed-subject']);
    expect(await eventsOf(stage, asked!.plan)).toEqual([
      'planned',
      'approval-requested',
      'approved',
      'writing',
      'written',
      'confirmed',
      'applied',
      'verified',
    ]);
    const planned = stage.pipeline.repairs.executions.map(({ ended }) => JSON.stringify(ended));
    expect(planned).toEqual([
      expect.stringContaining(asked!.plan),
      expect.stringMatching(/The plan for no-malformed-subject \w+ gives it back: it is the same mistake/),
    ]);
  });

  it('keeps the state before the write, and who approved', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    const entries = await stage.pipeline.repairs.store.entries(asked!.plan);
    expect(entries.find(({ what }) => what === 'writing')?.before).toBe(stage.broken);
    expect(entries.find(({ what }) => what === 'approved')?.by).toBe(alice.arn);
  });

  it('tells how to decide, and nothing that decides', async () => {
    const stage = await repairStage(approving());
    const { messages, asked } = await breakTrust(stage);
    const request = await stage.pipeline.repairs.store.requested(asked!.plan);
    expect(request?.taskToken).toBeTruthy();
    expect(JSON.stringify(messages)).not.toContain(request?.taskToken);
    expect(asked!.next.join(' ')).toContain(`podtrust approve ${asked!.plan}`);
  });

  it.each([
    [
      'rejected',
      async (stage: Stage, plan: string) => stage.pipeline.repairs.decide(plan, 'rejected', alice),
    ],
    ['left undecided', async (stage: Stage) => stage.pipeline.repairs.expire()],
  ])('stays as it is when the plan is %s', async (_name, end) => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    await end(stage, asked!.plan);
    await stage.pipeline.settle();
    expect(await stage.live()).toBe(stage.broken);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({ status: 'succeeded' });
  });

  it('that nobody decided on is noted as expired, with until when, and another approval opens it again', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    const { repairs } = stage.pipeline;
    const request = await repairs.store.requested(asked!.plan);
    repairs.expire();
    await stage.pipeline.settle();
    const entries = await repairs.store.entries(asked!.plan);
    expect(entries.at(-1)).toMatchObject({
      what: 'expired',
      reason: `nobody decided until ${request!.expires}: the workflow waits no longer`,
    });
    expect(standingOf(entries)).toBe('expired');
    expect(await repairs.decide(asked!.plan, 'approved', alice)).toMatchObject({ goesOn: false });
    expect(standingOf(await repairs.store.entries(asked!.plan))).toBe('open');
    expect(await stage.live()).toBe(stage.broken);
  });

  it('whose approval ran out before a guard let it through is noted as expired, with whose it was, and told', async () => {
    const stage = await repairStage(approving({ approvalHours: 1 }), {
      around: (name, handler) => (event, context) => {
        if (name === 'apply') stage.simulation.clock.advance(3 * 3600);
        return handler(event, context);
      },
    });
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    const told = repairsIn(await stage.pipeline.settle());
    expect(told).toEqual([
      expect.objectContaining({
        what: 'refused',
        reason: expect.stringContaining('the approval has expired'),
      }),
    ]);
    const entries = await stage.pipeline.repairs.store.entries(asked!.plan);
    expect(entries.slice(-2)).toMatchObject([
      { what: 'refused' },
      { what: 'expired', reason: expect.stringContaining(`the approval by ${alice.arn} at 2026-`) },
    ]);
    expect(await stage.live()).toBe(stage.broken);
  });

  it('is not approved by podtrust itself', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    const own = { ...alice, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/podtrust-apply/podtrust-apply` };
    await expect(stage.pipeline.repairs.decide(asked!.plan, 'approved', own)).rejects.toMatchObject({
      name: 'NotAnApproverError',
    });
  });
});

describe('what asks for a decision', () => {
  /** Bindings by the cluster's name leave it to a person. */
  const byName = configSchema.parse({
    bindings: [
      {
        cluster: 'prod',
        namespace: 'shop',
        serviceAccount: 'cart',
        role: `arn:aws:iam::${ACCOUNT}:role/shop`,
      },
    ],
    fixes: { mode: 'approve' },
  });

  it('says what the pipeline had read as effective before the fault, and the kept plan says it too', async () => {
    const stage = await repairStage(byName);
    await stage.iam.send(new TagRoleCommand({ RoleName: 'shop', Tags: [{ Key: 'team', Value: 'shop' }] }));
    await stage.pipeline.settle();
    stage.simulation.clock.advance(3600);
    const { asked } = await breakTrust(stage);
    expect(asked).toMatchObject({ what: 'approval-requested' });
    const { plan } = await stage.pipeline.repairs.store.plan(asked!.plan);
    const before = plan.intent.source === 'approver' ? (plan.intent.effectiveBefore ?? '') : '';
    expect(before).toMatch(/^on 2026-11-22T09:.* it let in: ServiceAccounts of cluster prod /);
    expect(before).toContain('system:serviceaccount:shop:cart');
    expect(asked!.intent).toContain(before);
    expect(asked!.diff).toContain('system:serviceaccount:shop/cart');
    expect(asked!.admits.join()).toContain('system:serviceaccount:shop:cart of cluster prod');
    expect(asked!.risk.level).toBe('medium');
    expect(asked!.approval).not.toEqual([]);
  });

  it('says that it is not known where nothing was read before', async () => {
    const stage = await repairStage(byName);
    await stage.write(stage.broken);
    const [asked] = repairsIn(await stage.pipeline.settle());
    expect(asked!.intent).toContain('effective before: not known: nothing that was read before');
  });
});

describe('nothing is written', () => {
  it('when Terraform manages the role by now', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    const Tags = [{ Key: 'managed-by', Value: 'terraform' }];
    await stage.iam.send(new TagRoleCommand({ RoleName: 'shop', Tags }));
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    expect(await stage.live()).toBe(stage.broken);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({
      output: { applied: { next: 'end', outcome: 'refused' } },
    });
  });

  it('when the policy was changed since the plan was made', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    const edited = stage.broken.replace('"Pods"', '"Podz"');
    await stage.write(edited);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    expect(await stage.live()).toBe(edited);
    expect((await eventsOf(stage, asked!.plan)).slice(-2)).toEqual(['stale', 'refused']);
  });

  it('while the kill switch is engaged, and goes on when it is off', async () => {
    let engaged = true;
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        const result = await handler(event, context);
        if (name === 'apply' && engaged) {
          engaged = false;
          expect(result).toMatchObject({ next: 'wait', reason: expect.stringContaining('an incident') });
          expect(await stage.live()).toBe(stage.broken);
          await stage.pipeline.repairs.store.turnKillSwitch(false, alice.arn, 'it is over');
        }
        return result;
      },
    });
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.store.turnKillSwitch(true, alice.arn, 'an incident');
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    expect(engaged).toBe(false);
    expect(await stage.live()).toBe(stage.sound);
  });

  it('of a plan that somebody changed in the store after it was approved', async () => {
    const records = openSqliteRecords(':memory:');
    const stage = await repairStage(approving(), { repair: { records } });
    const { asked } = await breakTrust(stage);
    const part = `plan#${asked!.plan}`;
    const kept = await records.read(part, 'plan');
    const evil = kept!.body.replaceAll('system:serviceaccount:shop:cart', 'system:serviceaccount:evil:pod');
    await records.write(part, 'plan', evil, kept!.version);
    await expect(stage.pipeline.repairs.decide(asked!.plan, 'approved', alice)).rejects.toMatchObject({
      name: 'PoisonedPlanError',
    });
    await stage.pipeline.repairs.store.decide({
      plan: asked!.plan,
      verdict: 'approved',
      by: alice,
      at: stage.simulation.clock.now().toISOString(),
    });
    await stage.pipeline.repairs.resume(asked!.plan);
    const told = await stage.pipeline.settle();
    expect(await stage.live()).toBe(stage.broken);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({
      status: 'failed',
      error: 'PlanRefused',
    });
    expect(repairsIn(told)).toMatchObject([
      { what: 'refused', plan: asked!.plan, reason: expect.stringContaining('PoisonedPlanError') },
    ]);
    expect(await eventsOf(stage, asked!.plan)).toEqual(['planned', 'approval-requested', 'refused']);
  });

  it.each<[string, 'apply' | 'verify']>([
    ['between two tries of applying it', 'apply'],
    ['before it was verified', 'verify'],
  ])(
    'more of a plan that somebody changed %s: it stops, locked, and that is told as it is',
    async (_when, step) => {
      const records = openSqliteRecords(':memory:');
      let times = 0;
      const stage = await repairStage(approving(), {
        repair: { records },
        around: (name, handler) => async (event, context) => {
          if (name !== step || times++ > 0) return handler(event, context);
          // The process dies after its write, and somebody changes the plan before the next try.
          if (step === 'apply') await handler(event, context);
          const [line] = await stage.pipeline.repairs.store.plans();
          const kept = await records.read(`plan#${line?.plan}`, 'plan');
          const evil = kept!.body.replaceAll('shop:cart', 'evil:pod');
          await records.write(`plan#${line?.plan}`, 'plan', evil, kept!.version);
          throw Object.assign(new Error('The process ended.'), { name: 'Lambda.Unknown' });
        },
      });
      const { asked } = await breakTrust(stage);
      await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
      const told = repairsIn(await stage.pipeline.settle());
      expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({ error: 'PlanStopped' });
      expect(told).toMatchObject([
        {
          what: 'stopped',
          changes: [expect.stringContaining(':role/shop')],
          reason: expect.stringContaining('Poisoned'),
        },
      ]);
      const { store } = stage.pipeline.repairs;
      expect(standingOf(await store.entries(asked!.plan))).toBe('stopped');
      expect(await store.locks.heldBy(asked!.plan)).toHaveLength(1);
    },
  );

  it('in mode plan: the plan is kept, and nobody is asked', async () => {
    const stage = await repairStage(approving({ mode: 'plan' }));
    const { asked } = await breakTrust(stage);
    expect(asked).toBeUndefined();
    expect(await stage.pipeline.repairs.store.plans()).toHaveLength(1);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({ status: 'succeeded' });
  });

  it('in mode off: no repair is begun', async () => {
    const stage = await repairStage(approving({ mode: 'off' }));
    await breakTrust(stage);
    expect(stage.pipeline.repairs.executions).toEqual([]);
  });
});

describe('what its owner puts back', () => {
  it('is told once, with the patch, and then left alone', async () => {
    const stage = await repairStage(approving());
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    const told: string[] = [];
    const patches: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      stage.simulation.clock.advance(3600);
      await stage.write(stage.broken);
      const repairs = repairsIn(await stage.pipeline.settle());
      told.push(...repairs.map(({ what }) => what));
      patches.push(...repairs.flatMap(({ patch = [] }) => patch.map(({ form }) => form)));
      expect(await stage.live()).toBe(stage.broken);
      stage.simulation.clock.advance(3600);
      await stage.write(stage.sound);
      await stage.pipeline.settle();
    }
    expect(told).toEqual(['left-to-owner']);
    expect(patches).toEqual(['terraform', 'cloudformation']);
  });

  it('is not what podtrust itself took back', async () => {
    let fail = true;
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name !== 'verify' || !fail) return handler(event, context);
        throw Object.assign(new Error('still there'), { name: 'StillFoundError' });
      },
    });
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    expect(repairsIn(await stage.pipeline.settle()).map(({ what }) => what)).toEqual(['rolled-back']);
    expect(await stage.live()).toBe(stage.broken);
    fail = false;
    stage.simulation.clock.advance(90_000);
    await stage.write(stage.sound);
    await stage.pipeline.settle();
    stage.simulation.clock.advance(3600);
    await stage.write(stage.broken);
    expect(repairsIn(await stage.pipeline.settle()).map(({ what }) => what)).toEqual(['approval-requested']);
  });
});

it('where applying fails for good before anything is written, it is refused and told as that, not as taken back', async () => {
  const stage = await repairStage(approving(), {
    around: (name, handler) => async (event, context) => {
      if (name === 'apply')
        throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
      return handler(event, context);
    },
  });
  const { asked } = await breakTrust(stage);
  await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
  expect(repairsIn(await stage.pipeline.settle())).toMatchObject([
    { what: 'refused', reason: expect.stringContaining('not authorized') },
  ]);
  expect(await stage.live()).toBe(stage.broken);
  const { store } = stage.pipeline.repairs;
  // Tried once more, and not told once more.
  expect(await eventsOf(stage, asked!.plan)).toEqual([
    'planned',
    'approval-requested',
    'approved',
    'refused',
    'refused',
  ]);
  expect(await store.locks.heldBy(asked!.plan)).toEqual([]);
});

describe('after the write', () => {
  it('what was verified and could not be told so is told by the last step, and is no plan that stopped', async () => {
    const unheard = {
      publish: async () => {
        throw new Error('the topic refuses');
      },
    };
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name !== 'verify') return handler(event, context);
        const { ports } = stage.pipeline.repairs;
        return verifyPlan({ ...ports, topic: unheard })((event as { digest: string }).digest);
      },
    });
    const { asked } = await breakTrust(stage);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    expect(repairsIn(await stage.pipeline.settle()).map(({ what }) => what)).toEqual(['verified']);
    const { store, executions } = stage.pipeline.repairs;
    expect(executions[0]?.ended).toMatchObject({ status: 'succeeded' });
    expect(await store.locks.heldBy(asked!.plan)).toEqual([]);
    expect(standingOf(await store.entries(asked!.plan))).toBe('verified');
  });

  it('what cannot be judged stops with its target locked, and that is told with what to do', async () => {
    const stage = await repairStage(approving(), {
      around: (name, handler) => async (event, context) => {
        if (name === 'verify')
          throw Object.assign(new Error('the roles were not read'), { name: 'UndecidedError' });
        return handler(event, context);
      },
    });
    const { asked } = await breakTrust(stage);
    const { plan } = await stage.pipeline.repairs.store.plan(asked!.plan);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    const [stopped] = repairsIn(await stage.pipeline.settle());
    expect(stopped).toMatchObject({ what: 'stopped' });
    expect(stopped?.next.join(' ')).toContain('podtrust fixes unlock');
    expect(await stage.live()).toBe(stage.sound);
    expect(await stage.pipeline.repairs.store.locks.holder(targetKey(plan.changes[0]!))).toBe(asked!.plan);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({ error: 'PlanStopped' });
  });
});
