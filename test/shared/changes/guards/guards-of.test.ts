import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../shared/changes/apply.ts';
import type { Change } from '../../../../shared/changes/change.ts';
import { type GuardPorts, guardsOf, wayBackGuardsOf } from '../../../../shared/changes/guards/guards-of.ts';
import { digestOf, type Plan } from '../../../../shared/changes/plan.ts';
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
