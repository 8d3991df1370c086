import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../shared/changes/applying.ts';
import type { Change } from '../../../../shared/changes/change.ts';
import {
  type GuardPorts,
  guardsOf,
  modeOfPlan,
  wayBackGuardsOf,
} from '../../../../shared/changes/guards/guards-of.ts';
import { digestOf, type Plan } from '../../../../shared/changes/plan.ts';
import type { NewEntry } from '../../../../shared/changes/repairs/entries.ts';
import { type RepairStore, repairStore } from '../../../../shared/changes/repairs/repair-store.ts';
import { fixesSchema } from '../../../../shared/config/fixes.ts';
import { openSqliteRecords } from '../../../../shared/sqlite/records.ts';
import { sha256 } from '../../../support/changes.ts';
import { ACCOUNT, originOf, planOf, trustChange } from '../../../support/plans.ts';

const by = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`, account: ACCOUNT, userId: 'AROA:a' };
const fail = async (): Promise<never> => {
  throw new Error('the table is not there');
};

function ports(store: Partial<GuardPorts['store']> = {}, differs: Partial<GuardPorts> = {}): GuardPorts {
  return {
    fixes: fixesSchema.parse({ mode: 'approve' }),
    breakGlass: [],
    ownRoles: [],
    findingStatus: async () => 'open',
    tagsOf: async () => ({}),
    clusterRefusal: () => null,
    now: () => new Date('2026-11-22T10:00:00Z'),
    store: {
      decision: async () => ({ plan: 'p', verdict: 'approved', by, at: '2026-11-22T09:00:00.000Z' }),
      killSwitch: async () => ({ engaged: false, note: '' }),
      spend: async () => true,
      canary: async () => 'goes',
      plan: fail,
      entries: async () => [],
      ...store,
    },
    ...differs,
  };
}

async function ask(of: GuardPorts, kept = { plan: planOf(), origin: originOf() }): Promise<Verdict> {
  for (const guard of guardsOf('p', kept, of)) {
    const verdict = await guard(trustChange(), 0);
    if (!verdict.allowed) return verdict;
  }
  return { allowed: true };
}

describe('all guards together', () => {
  it('let an approved plan for an open finding through', async () => {
    expect(await ask(ports())).toEqual({ allowed: true });
  });

  it.each<[string, GuardPorts]>([
    ['the kill switch', ports({ killSwitch: fail })],
    ['the approval', ports({ decision: fail })],
    ['the budget', ports({ spend: fail })],
    ['the canary', ports({ canary: fail })],
    ['the finding', ports({}, { findingStatus: fail })],
    ['the tags of the target', ports({}, { tagsOf: fail })],
  ])('refuse when %s cannot be read', async (_name, of) => {
    expect(await ask(of)).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('the table is not there'),
    });
  });

  it('take nothing from the budget, and no canary’s turn, when another guard says no', async () => {
    const taken: string[] = [];
    const store = {
      killSwitch: async () => ({ engaged: true, note: '' }),
      spend: async () => taken.push('budget') > 0,
      canary: async () => {
        taken.push('canary');
        return 'goes' as const;
      },
    };
    expect(await ask(ports(store))).toMatchObject({ allowed: false });
    expect(taken).toEqual([]);
  });

  it('take the most cautious mode of all findings that the plan answers', async () => {
    const fixes = fixesSchema.parse({
      mode: 'approve',
      settings: [{ rule: 'no-public-trust', mode: 'off' }],
    });
    const answers = [
      { fingerprint: 'f1', rule: 'no-malformed-subject' },
      { fingerprint: 'f2', rule: 'no-public-trust' },
    ];
    const kept = { plan: planOf({ answers }), origin: originOf() };
    expect(await ask(ports({}, { fixes }), kept)).toMatchObject({ allowed: false });
  });

  it('refuse everything without fixes in the configuration', async () => {
    expect(await ask(ports({}, { fixes: undefined }))).toMatchObject({ allowed: false });
  });

  it('go by who manages the target now, not when the plan was made', async () => {
    const tagsOf = async () => ({ 'aws:cloudformation:stack-name': 'shop' });
    expect(await ask(ports({}, { tagsOf }))).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('cloudformation'),
    });
  });
});

describe('the mode of a plan by tags of the roles that it opens', () => {
  const at = { account: ACCOUNT, region: 'eu-west-1', cluster: 'prod' };
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const association = (roleArn: string, targetRoleArn?: string): Change => ({
    kind: 'pod-identity-association',
    target: { ...at, namespace: 'shop', serviceAccount: 'cart' },
    before: null,
    after: { roleArn, ...(targetRoleArn !== undefined && { targetRoleArn }) },
  });
  const addon = (name: string, after: object): Change => ({
    kind: 'addon',
    target: { ...at, addon: name },
    before: null,
    after,
  });
  const provider: Change = {
    kind: 'oidc-provider',
    target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/example.com` },
    before: null,
    after: { url: 'https://example.com', clientIds: ['sts.amazonaws.com'] },
  };
  const annotation = (after: string): Change => ({
    kind: 'service-account-annotation',
    target: { ...at, namespace: 'shop', serviceAccount: 'cart', annotation: 'eks.amazonaws.com/role-arn' },
    before: null,
    after,
  });
  const entry: Change = {
    kind: 'access-entry',
    target: { ...at, principal: role('critical') },
    before: null,
    after: { type: 'STANDARD', groups: [] },
  };
  const critical = { roleTag: { key: 'tier', value: 'critical' } };
  const kept = (change: Change) => ({ plan: planOf({ changes: [change] }), origin: originOf() });
  /** Roles whose name says so are critical; another's tags cannot be read. */
  const tagsOf: GuardPorts['tagsOf'] = async ({ target }) => {
    const arn = 'arn' in target ? target.arn : '';
    if (arn.endsWith('unread')) throw new Error('not allowed');
    return arn.endsWith('critical') ? { tier: 'critical' } : {};
  };
  const modeWith = async (fixes: object, change: Change) =>
    modeOfPlan(kept(change), ports({}, { fixes: fixesSchema.parse(fixes), tagsOf }));

  it.each<[string, Change, string]>([
    ['its own trust policy', trustChange('critical'), 'plan'],
    ['the trust policy of another', trustChange('shop'), 'approve'],
    ['an association that gives it', association(role('critical')), 'plan'],
    ['an association that leads to it', association(role('shop'), role('critical')), 'plan'],
    ['an association that gives another', association(role('shop')), 'approve'],
    ['an association whose role cannot be read', association(role('unread')), 'plan'],
    [
      'an add-on whose ServiceAccount gets it',
      addon('vpc-cni', { serviceAccountRoleArn: role('critical') }),
      'plan',
    ],
    ['an add-on without a role', addon('coredns', {}), 'approve'],
    ['the agent, which opens whatever is associated', addon('eks-pod-identity-agent', {}), 'plan'],
    ['a provider, which opens whatever trusts it', provider, 'plan'],
    ['an annotation that names it', annotation(role('critical')), 'plan'],
    ['an annotation that names no role', annotation('critical'), 'plan'],
    ['access of it to a cluster, which opens no role', entry, 'approve'],
  ])(
    'a setting that keeps a tagged role at plan fits %s as far as it may be meant',
    async (_what, change, mode) => {
      expect(await modeWith({ mode: 'approve', settings: [{ ...critical, mode: 'plan' }] }, change)).toBe(
        mode,
      );
    },
  );

  it('an exception of a tagged role counts as well', async () => {
    const fixes = { mode: 'approve', exceptions: [{ ...critical, reason: 'audit' }] };
    expect(await modeWith(fixes, association(role('critical')))).toBe('off');
    expect(await modeWith(fixes, association(role('shop')))).toBe('approve');
  });

  it('a setting that lets a tagged role do more counts where all roles have the tag', async () => {
    const fixes = { mode: 'plan', settings: [{ ...critical, mode: 'approve' }] };
    expect(await modeWith(fixes, association(role('critical')))).toBe('approve');
    expect(await modeWith(fixes, association(role('critical'), role('shop')))).toBe('plan');
    expect(await modeWith(fixes, provider)).toBe('plan');
  });
});

describe('the way back', () => {
  const at = new Date('2026-11-22T10:00:00Z');
  const fix = planOf();
  const turned = { changes: [trustChange('shop', '{"old":1}', '{"new":1}')], answers: [], title: 'back' };
  const open = () => repairStore({ records: openSqliteRecords(':memory:'), hash: sha256, now: () => at });

  /** What the guards say to the way back of a fix that stands so. */
  async function goBack(
    fixes: object,
    {
      events = ['applied', 'verified'],
      differs = {},
      before,
    }: {
      events?: readonly NewEntry['what'][];
      differs?: Partial<Plan>;
      before?: (store: RepairStore) => Promise<unknown>;
    } = {},
  ): Promise<string> {
    const store = open();
    const takesBack = await store.keep(fix, originOf());
    for (const what of events) await store.note({ plan: takesBack, what });
    await before?.(store);
    const kept = { plan: planOf({ ...turned, ...differs }), origin: originOf({ takesBack }) };
    const digest = await store.keep(kept.plan, kept.origin);
    await store.decide({ plan: digest, verdict: 'approved', by, at: at.toISOString() });
    const of = { ...ports({}, { fixes: fixesSchema.parse(fixes), now: () => at }), store };
    for (const guard of guardsOf(digest, kept, of)) {
      const answer = await guard(kept.plan.changes[0] ?? trustChange(), 0);
      if (!answer.allowed) return answer.reason;
    }
    return 'goes';
  }
  const rule = 'no-malformed-subject';

  it.each<[string, object, string]>([
    ['on by rule where nothing else is', { mode: 'off', settings: [{ rule, mode: 'approve' }] }, 'goes'],
    ['auto by rule, with an approval', { settings: [{ rule, mode: 'auto' }] }, 'goes'],
    ['off by rule', { mode: 'approve', settings: [{ rule, mode: 'off' }] }, 'switches fixes off here'],
    [
      'on for another rule',
      { mode: 'off', settings: [{ rule: 'no-public-trust', mode: 'approve' }] },
      'switches fixes off here',
    ],
  ])('has the mode of the fix that it takes back: %s', async (_mode, fixes, then) => {
    expect(await goBack(fixes)).toContain(then);
  });

  it.each<[string, Parameters<typeof goBack>[1], string]>([
    [
      'of a fix that was not verified',
      { events: ['applied'] },
      'is applied: only what was applied and verified',
    ],
    ['of a fix that was never made', { events: [] }, 'is open: only what was applied and verified'],
    [
      'of a fix that stopped',
      { events: ['applied', 'stopped'] },
      'is stopped: only what was applied and verified',
    ],
    [
      'that changes something else',
      { differs: { changes: [trustChange('other')] } },
      'it is not the way back',
    ],
  ])('is barred: one %s', async (_what, more, reason) => {
    expect(await goBack({ mode: 'approve' }, more)).toContain(reason);
  });

  it('is barred where the fix that it takes back cannot be read', async () => {
    const kept = { plan: planOf(turned), origin: originOf({ takesBack: 'unread' }) };
    const reasons: string[] = [];
    for (const guard of guardsOf('p', kept, ports())) {
      const answer = await guard(turned.changes[0] ?? trustChange(), 0);
      if (!answer.allowed) reasons.push(answer.reason);
    }
    expect(reasons).toEqual([
      'the plan that it takes back could not be read (Error: the table is not there)',
      'the configuration (fixes) switches fixes off here',
    ]);
  });

  it.each(['asked: trust-policy', rule])('is not held up by a failure of others under %s', async (name) => {
    const before = async (store: RepairStore) => {
      await store.canary(ACCOUNT, name, 'another');
      await store.endCanary(ACCOUNT, name, 'another', 'failed');
    };
    expect(await goBack({ mode: 'approve' }, { before })).toBe('goes');
  });
});

it.each([
  ['engaged', async () => ({ engaged: true, note: '' })],
  ['unreadable', fail],
])('a kill switch that is %s bars the way back, too', async (_name, killSwitch) => {
  const verdicts = await Promise.all(
    wayBackGuardsOf(ports({ killSwitch })).map((guard) => guard(trustChange(), 0)),
  );
  expect(verdicts).toContainEqual(expect.objectContaining({ allowed: false }));
});

describe('fixes on many roles', () => {
  const at = { now: new Date('2026-11-22T10:00:00Z') };
  const step = (name: string, more: Partial<Plan> = {}) =>
    planOf({ answers: [], changes: [trustChange(name)], title: name, ...more });

  /** What the guards say to a step of a migration that is applied now. */
  async function turn(store: RepairStore, plan: Plan): Promise<string> {
    const digest = await store.keep(plan, originOf());
    await store.decide({ plan: digest, verdict: 'approved', by, at: at.now.toISOString() });
    const of = ports({}, { now: () => at.now });
    for (const guard of guardsOf(digest, { plan, origin: originOf() }, { ...of, store })) {
      const answer = await guard(plan.changes[0] ?? trustChange(), 0);
      if (!answer.allowed) return answer.reason;
    }
    return 'goes';
  }
  const digest = (plan: Plan) => digestOf(plan, sha256);
  const open = () => repairStore({ records: openSqliteRecords(':memory:'), hash: sha256, now: () => at.now });
  const name = 'asked: trust-policy';

  it('of one migration wait for the first to be verified, and all of them stay where it was taken back', async () => {
    for (const [state, then] of [
      ['verified', 'goes'],
      ['failed', 'the first fix of its kind was taken back within the last day: look at it first'],
      ['gone', 'goes'],
    ] as const) {
      const store = open();
      expect(await turn(store, step('one'))).toBe('goes');
      expect(await turn(store, step('two'))).toContain('goes first and is not verified yet');
      await store.endCanary(ACCOUNT, name, digest(step('one')), state);
      expect(await turn(store, step('two'))).toBe(then);
    }
  });

  it('do not hold up what changes no trust policy', async () => {
    const store = open();
    expect(await turn(store, step('one'))).toBe('goes');
    const provider: Change = {
      kind: 'oidc-provider',
      target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/example.com` },
      before: null,
      after: { url: 'https://example.com', clientIds: [] },
    };
    expect(await turn(store, step('provider', { changes: [provider] }))).toBe('goes');
  });

  it('are not made by one plan', async () => {
    const both = step('both', { changes: [trustChange('one'), trustChange('two')] });
    expect(await turn(open(), both)).toBe(
      'it changes the trust policies of 2 roles: make a plan for each, so that one goes first',
    );
  });
});
