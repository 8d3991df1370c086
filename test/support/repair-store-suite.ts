import { describe, expect, it } from 'vitest';
import { targetKey } from '../../shared/changes/change.ts';
import { digestOf } from '../../shared/changes/plan.ts';
import { standingOf } from '../../shared/changes/repairs/entries.ts';
import type { Records } from '../../shared/changes/repairs/records.ts';
import { repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { ACCOUNT, originOf, planOf, trustChange } from './plans.ts';

const alice = {
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`,
  account: ACCOUNT,
  userId: 'AROAX:alice',
};

/** What a store of repairs does, whatever keeps its records. */
export function repairStoreSuite(open: () => Promise<Records>): void {
  const at = { now: new Date('2026-11-22T09:00:00Z') };
  const make = async () => {
    const records = await open();
    return { records, store: repairStore({ records, hash: sha256, now: () => at.now }) };
  };

  describe('plans', () => {
    it('are kept under their digest, once, and come back as they were', async () => {
      const { store } = await make();
      const plan = planOf();
      const digest = await store.keep(plan, originOf());
      expect(digest).toBe(digestOf(plan, sha256));
      expect(await store.keep(plan, originOf({ snapshots: ['other'] }))).toBe(digest);
      expect(await store.plan(digest)).toEqual({ plan, origin: originOf() });
    });

    it('are listed, the newest first', async () => {
      const { store } = await make();
      for (const [madeAt, title] of [
        ['2026-11-22T09:00:00.000Z', 'one'],
        ['2026-11-23T09:00:00.000Z', 'two'],
      ] as const)
        await store.keep(planOf({ madeAt, title }), originOf());
      expect((await store.plans()).map(({ title }) => title)).toEqual(['two', 'one']);
    });

    it('of any size come back, as large as a role’s policies make them', async () => {
      const { store } = await make();
      const long = `{"${'statement of some length, '.repeat(4000)}":1}`;
      const plan = planOf({ changes: [trustChange('shop', long)] });
      const digest = await store.keep(plan, originOf());
      expect((await store.plan(digest)).plan.changes[0]?.after).toBe(long);
    });

    it('that were changed in the store are refused', async () => {
      const { store, records } = await make();
      const digest = await store.keep(planOf(), originOf());
      const kept = await records.read(`plan#${digest}`, 'plan');
      const poisoned = { plan: planOf({ changes: [trustChange('admin')] }), origin: originOf() };
      await records.write(`plan#${digest}`, 'plan', JSON.stringify(poisoned), kept?.version ?? 0);
      await expect(store.plan(digest)).rejects.toMatchObject({ name: 'PoisonedPlanError' });
    });

    it.each([
      ['an unknown digest', null, 'UnknownPlanError'],
      ['no JSON', '{', 'UnreadableRepairError'],
      ['another form', '{"plan":1}', 'UnreadableRepairError'],
    ])('%s is an error that says so', async (_name, body, name) => {
      const { store, records } = await make();
      if (body !== null) await records.write('plan#x', 'plan', body, 0);
      await expect(store.plan('x')).rejects.toMatchObject({ name });
    });
  });

  describe('decisions', () => {
    const decision = (verdict: 'approved' | 'rejected', minute = 0) => ({
      plan: 'p',
      verdict,
      by: alice,
      at: `2026-11-22T09:0${minute}:00.000Z`,
    });

    it('are there when somebody made them', async () => {
      const { store } = await make();
      expect(await store.decision('p')).toBeNull();
      expect(await store.decide(decision('approved'))).toEqual(decision('approved'));
      expect(await store.decision('p')).toEqual(decision('approved'));
    });

    it('can be renewed and withdrawn, but a rejection stands', async () => {
      const { store } = await make();
      await store.decide(decision('approved'));
      expect(await store.decide(decision('approved', 1))).toEqual(decision('approved', 1));
      await store.decide(decision('rejected', 2));
      expect(await store.decide(decision('approved', 3))).toEqual(decision('rejected', 2));
    });

    it('are asked for with what lets the workflow go on', async () => {
      const { store } = await make();
      expect(await store.requested('p')).toBeNull();
      const request = { plan: 'p', expires: '2026-11-25T09:00:00.000Z', taskToken: 'secret' };
      await store.request({ ...request, taskToken: 'older' });
      await store.request(request);
      expect(await store.requested('p')).toEqual(request);
    });
  });

  describe('locks', () => {
    const key = targetKey(trustChange());

    it('are held by one, who may take them again', async () => {
      const { store } = await make();
      expect(await store.locks.acquire(key, 'one')).toBe(true);
      expect(await store.locks.acquire(key, 'one')).toBe(true);
      expect(await store.locks.acquire(key, 'two')).toBe(false);
      expect(await store.locks.holder(key)).toBe('one');
      expect(await store.locks.heldBy('one')).toEqual([key]);
      expect(await store.locks.heldBy('two')).toEqual([]);
      await store.locks.release(key, 'two');
      expect(await store.locks.acquire(key, 'two')).toBe(false);
      await store.locks.release(key, 'one');
      expect(await store.locks.acquire(key, 'two')).toBe(true);
    });

    it('go to one of many who ask at once', async () => {
      const { store } = await make();
      const got = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((who) => store.locks.acquire(key, who)));
      expect(got.filter((each) => each)).toHaveLength(1);
    });
  });

  describe('the history of a plan', () => {
    it('is appended to, in order, by as many as there are', async () => {
      const { store } = await make();
      await store.note({ plan: 'p', what: 'planned' });
      await Promise.all([1, 2, 3].map((change) => store.note({ plan: 'p', what: 'writing', change })));
      const entries = await store.entries('p');
      expect(entries.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
      expect(entries[0]).toEqual({ plan: 'p', number: 1, at: at.now.toISOString(), what: 'planned' });
      expect(await store.entries('q')).toEqual([]);
    });

    it('keeps the state before each write, and knows what was begun and not undone', async () => {
      const { store } = await make();
      const { before, after } = trustChange();
      const entry = { plan: 'p', target: 'role', before, after };
      await store.journal.record({ ...entry, what: 'writing', change: 0 });
      await store.journal.record({ ...entry, what: 'writing', change: 1 });
      await store.journal.record({ ...entry, what: 'undone', change: 1 });
      const since = at.now.getTime();
      expect(await store.journal.begun('p')).toEqual(
        new Map([[0, { since, unanswered: since, undoing: null, isGoingBack: false, isTakenBack: false }]]),
      );
      expect((await store.entries('p'))[0]).toMatchObject({ before, after });
    });

    it.each([
      [['planned', 'refused'], 'open'],
      [['planned', 'applied'], 'applied'],
      [['applied', 'verified'], 'verified'],
      [['applied', 'not-verified', 'rolled-back'], 'rolled-back'],
      [['stopped'], 'stopped'],
      [['stopped', 'unlocked'], 'rolled-back'],
      [['rejected'], 'rejected'],
    ] as const)('after %j is %s', (what, standing) => {
      expect(standingOf(what.map((each) => ({ what: each })))).toBe(standing);
    });
  });

  it('a budget gives each write once, as many as there are in an hour, to whoever asks at once', async () => {
    const { store } = await make();
    const asked = ['a', 'b', 'a', 'c', 'd'].map((write) => store.spend(ACCOUNT, write, 3));
    const given = await Promise.all(asked);
    expect(given.filter((each) => each)).toHaveLength(4);
    expect(await store.spend(ACCOUNT, 'e', 3)).toBe(false);
    at.now = new Date('2026-11-22T10:00:00Z');
    expect(await store.spend(ACCOUNT, 'e', 3)).toBe(true);
    at.now = new Date('2026-11-22T09:00:00Z');
  });

  it('one canary goes first, the others once it was verified', async () => {
    const { store } = await make();
    const turns = await Promise.all(['one', 'two'].map((plan) => store.canary(ACCOUNT, 'rule', plan)));
    expect([...turns].sort()).toEqual(['goes-first', 'waits']);
    const [first, second] = turns[0] === 'goes-first' ? ['one', 'two'] : ['two', 'one'];
    await store.endCanary(ACCOUNT, 'rule', second ?? '', 'verified');
    expect(await store.canary(ACCOUNT, 'rule', second ?? '')).toBe('waits');
    await store.endCanary(ACCOUNT, 'rule', first ?? '', 'verified');
    expect(await store.canary(ACCOUNT, 'rule', second ?? '')).toBe('goes');
    expect(await store.canary(ACCOUNT, 'other', second ?? '')).toBe('goes-first');
  });

  it('the kill switch is off until somebody turns it, and says who it was', async () => {
    const { store } = await make();
    expect(await store.killSwitch()).toEqual({ engaged: false, note: '' });
    await store.turnKillSwitch(true, alice.arn, 'an incident');
    expect(await store.killSwitch()).toMatchObject({
      engaged: true,
      note: expect.stringContaining('an incident'),
    });
    await store.turnKillSwitch(false, alice.arn, 'it is over');
    expect((await store.killSwitch()).engaged).toBe(false);
  });

  it('remembers what verified plans wrote to a target, the newest first, each once', async () => {
    const { store } = await make();
    for (const plan of ['one', 'two', 'one']) await store.remember(trustChange(), plan);
    expect((await store.remembered(trustChange())).map(({ plan }) => plan)).toEqual(['one', 'two']);
    expect(await store.remembered(trustChange('other'))).toEqual([]);
  });
}
