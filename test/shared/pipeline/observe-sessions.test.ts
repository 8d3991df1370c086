import { describe, expect, it } from 'vitest';
import podFailure from '../../../events/AssumeRoleForPodIdentity/failure.json' with { type: 'json' };
import failure from '../../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import success from '../../../events/AssumeRoleWithWebIdentity/success.json' with { type: 'json' };
import { snapshotSchema } from '../../../shared/estate/snapshot.ts';
import { memoryEvidence } from '../../../shared/evidence/memory-store.ts';
import { MOST_PAIRS } from '../../../shared/evidence/store.ts';
import type { Lane } from '../../../shared/pipeline/lane.ts';
import { observeSessions } from '../../../shared/pipeline/observe-sessions.ts';
import { withObserved } from '../../../shared/pipeline/observed.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { estateOf } from '../../../shared/rules/examples/estate.ts';
import { refusedCallEvent } from '../../support/refused-call-event.ts';

const ACCOUNT = '111122223333';
let next = 0;

type Changes = { time?: string; subject?: string; id?: string };
function message(event: { detail: object }, { time, subject, id }: Changes = {}) {
  next += 1;
  const userIdentity =
    subject === undefined ? {} : { userIdentity: { type: 'WebIdentityUser', userName: subject } };
  const eventTime = time === undefined ? {} : { eventTime: time };
  const detail = { ...event.detail, ...eventTime, ...userIdentity, eventID: id ?? `event-${next}` };
  return { messageId: `m${next}`, body: JSON.stringify({ ...event, detail }) };
}

function hub({ sessions = false, accessDenied = false, down = false, conflict = false, lost = false } = {}) {
  const store = memoryEvidence();
  const asked: { lane: Lane; requests: readonly ScopeRequest[] }[] = [];
  let writes = 0;
  const state = { down, lost };
  const counting = {
    ...store,
    put: (...all: Parameters<typeof store.put>) => {
      if (conflict) return Promise.resolve('conflict' as const);
      writes += 1;
      const outcome = store.put(...all);
      if (state.lost) return Promise.reject(new Error('the answer did not arrive'));
      return outcome;
    },
  };
  const run = observeSessions({
    store: counting,
    keepsSessions: () => sessions,
    keepsAccessDenied: () => accessDenied,
    register: {
      request: async (lane, requests) => {
        if (state.down) throw new Error('the table does not answer');
        asked.push({ lane, requests });
        return { name: 'turn-1', lane, number: 1 };
      },
    },
    evaluations: { start: async () => 'started' },
    telemetry: { count: () => {}, note: () => {} },
  });
  const observed = async () => {
    const snapshot = await withObserved(estateOf(), {
      store,
      keepsSessions: () => sessions,
      keepsAccessDenied: () => accessDenied,
    });
    expect(snapshotSchema.safeParse(snapshot).error).toBeUndefined();
    return snapshot.accounts[0]?.observed;
  };
  return { run, asked, observed, store, writes: () => writes, state };
}

describe('refusals of pods', () => {
  it('are counted together, written once and ask for one evaluation of the role, with the call as its cause', async () => {
    const { run, asked, observed, writes } = hub();
    const flood = Array.from({ length: 500 }, () => message(failure));
    expect(await run(flood)).toEqual({ failed: [] });
    expect(await run(flood.slice(0, 100))).toEqual({ failed: [] });
    expect(writes()).toBe(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.requests).toMatchObject([
      {
        scope: { kind: 'role', account: ACCOUNT, role: 'payments-api' },
        causes: [{ eventName: 'AssumeRoleWithWebIdentity' }],
        events: 500,
      },
    ]);
    expect((await observed())?.denials).toMatchObject({
      complete: true,
      webIdentity: [{ count: 500, code: 'AccessDenied' }],
    });
  });

  it('of an association ask for the cluster', async () => {
    const { run, asked } = hub();
    await run([message(podFailure)]);
    expect(asked[0]?.requests[0]?.scope).toMatchObject({ kind: 'cluster', cluster: 'shop' });
  });

  it.each([
    ['a minute later: nothing is written, nothing asked for', '2026-11-20T11:01:00Z', 1, 1],
    ['ten minutes later: written, nothing asked for', '2026-11-20T11:10:00Z', 2, 1],
    ['two hours later: written, and asked for again', '2026-11-20T13:00:00Z', 2, 2],
    ['earlier, delivered late: nothing is written, nothing asked for', '2026-11-20T10:00:00Z', 1, 1],
  ])('once more, %s', async (_when, time, writes, evaluations) => {
    const one = hub();
    await one.run([message(failure, { time: '2026-11-20T11:00:00Z' })]);
    await one.run([message(failure, { time })]);
    expect([one.writes(), one.asked.length]).toEqual([writes, evaluations]);
  });

  it('are handed back when the evaluation cannot be asked for, and ask for it when they come again', async () => {
    const one = hub({ down: true });
    const refused = message(failure);
    expect(await one.run([refused])).toEqual({ failed: [refused.messageId] });
    one.state.down = false;
    expect(await one.run([refused])).toEqual({ failed: [] });
    expect(one.asked).toHaveLength(1);
  });

  it('that go on ask once an hour, until what explains them is known', async () => {
    const { run, asked } = hub();
    const minutes = Array.from({ length: 25 }, (_, n) => new Date(Date.UTC(2026, 10, 20, 8, 6 * n)));
    for (const time of minutes) await run([message(failure, { time: time.toISOString() })]);
    expect(asked).toHaveLength(3);
  });

  it('of a role in another account are kept and judged there', async () => {
    const { run, asked, store } = hub();
    const roleArn = 'arn:aws:iam::444455556666:role/elsewhere';
    const { detail } = failure;
    await run([
      message({
        ...failure,
        detail: { ...detail, requestParameters: { ...detail.requestParameters, roleArn } },
      }),
    ]);
    expect(asked[0]?.requests[0]?.scope).toEqual({
      kind: 'role',
      account: '444455556666',
      role: 'elsewhere',
    });
    expect((await store.all('444455556666')).evidence).toMatchObject([{ of: { role: roleArn } }]);
    expect((await store.all(ACCOUNT)).since).toBeNull();
  });

  it('that several functions see at once are written by one, and none is lost or handed back', async () => {
    const { run, store } = hub();
    const times = Array.from({ length: 5 }, (_, n) => `2026-11-20T1${n}:00:00Z`);
    const results = await Promise.all(times.map((time) => run([message(failure, { time })])));
    expect(results).toEqual(times.map(() => ({ failed: [] })));
    const [kept] = (await store.all(ACCOUNT)).evidence;
    expect(kept?.of).toMatchObject({ last: '2026-11-20T14:00:00.000Z' });
  });

  it('whose writing has no answer are handed back, and are neither counted nor asked for twice', async () => {
    const one = hub({ lost: true });
    const refused = message(failure);
    expect(await one.run([refused])).toEqual({ failed: [refused.messageId] });
    one.state.lost = false;
    expect(await one.run([refused])).toEqual({ failed: [] });
    expect(one.asked).toHaveLength(1);
    expect((await one.store.all(ACCOUNT)).evidence).toMatchObject([{ of: { count: 1 } }]);
  });

  it('are handed back when somebody else keeps writing the pair', async () => {
    const one = hub({ conflict: true });
    const refused = message(failure);
    expect(await one.run([refused])).toEqual({ failed: [refused.messageId] });
    expect(one.asked).toHaveLength(1);
  });

  it('of more callers than are kept in a day ask for the account once an hour', async () => {
    const { run, asked } = hub();
    const flood = (from: number, size: number, time: string) =>
      run(
        Array.from({ length: size }, (_, n) =>
          message(failure, { subject: `system:serviceaccount:hostile:sa-${from + n}`, time }),
        ),
      );
    await flood(0, MOST_PAIRS, '2026-11-20T11:00:00Z');
    expect(asked).toHaveLength(MOST_PAIRS);
    await flood(MOST_PAIRS, 50, '2026-11-20T11:01:00Z');
    await flood(2 * MOST_PAIRS, 50, '2026-11-20T11:59:00Z');
    const account = { kind: 'account', account: ACCOUNT };
    expect(asked.slice(MOST_PAIRS).map(({ requests }) => requests[0]?.scope)).toEqual([account]);
    await flood(3 * MOST_PAIRS, 50, '2026-11-20T12:01:00Z');
    expect(asked.slice(MOST_PAIRS)).toHaveLength(2);
  });

  it('of more callers than are kept in a day leave a gap, never silence', async () => {
    const { run, observed } = hub();
    const subject = (n: number) => `system:serviceaccount:hostile:sa-${n}`;
    await run(Array.from({ length: MOST_PAIRS + 5 }, (_, n) => message(failure, { subject: subject(n) })));
    const denials = (await observed())?.denials;
    expect(denials?.webIdentity).toHaveLength(MOST_PAIRS);
    expect(denials).toMatchObject({ complete: false, gap: expect.stringContaining('2026-11-20') });
  });
});

describe('sessions', () => {
  it('are not kept unless the account wants it', async () => {
    const { run, observed } = hub();
    await run([message(success)]);
    expect(await observed()).toBeUndefined();
  });

  it('are written once a day for each pair, without anything secret', async () => {
    const { run, observed, writes, asked } = hub({ sessions: true });
    for (const hour of ['08', '09', '23'])
      await run([message(success, { time: `2026-11-20T${hour}:00:00Z` })]);
    expect(writes()).toBe(1);
    await run([message(success, { time: '2026-11-21T00:00:01Z' })]);
    expect(writes()).toBe(2);
    expect(asked).toEqual([]);
    const kept = await observed();
    expect(kept?.sessions?.seen).toMatchObject([
      { via: 'web-identity', first: '2026-11-20T08:00:00.000Z', last: '2026-11-21T00:00:01.000Z' },
    ]);
    expect(JSON.stringify(kept)).not.toMatch(/ASIA|sessionToken|botocore/);
  });
});

describe('calls that pods were refused', () => {
  const refused = refusedCallEvent();

  it('are not kept unless the account wants it', async () => {
    const { run, observed, asked } = hub();
    await run([message(refused)]);
    expect([await observed(), asked]).toEqual([undefined, []]);
  });

  it('are counted together by role and action, written once, and ask for one evaluation of the role', async () => {
    const { run, observed, asked, writes } = hub({ accessDenied: true });
    expect(await run(Array.from({ length: 300 }, () => message(refused)))).toEqual({ failed: [] });
    await run([message(refused, { time: '2026-11-20T10:15:05Z' })]);
    expect(writes()).toBe(1);
    expect(asked.flatMap(({ requests }) => requests)).toMatchObject([
      {
        scope: { kind: 'role', account: ACCOUNT, role: 'payments-api' },
        causes: [{ eventName: 'DescribeInstances', service: 'ec2.amazonaws.com' }],
        events: 300,
      },
    ]);
    const kept = await observed();
    expect(kept?.denials).toBeUndefined();
    expect(kept?.accessDenied).toMatchObject({
      source: 'pipeline',
      complete: true,
      calls: [{ action: 'ec2:DescribeInstances', policy: 'identity-based', count: 300 }],
    });
    expect(JSON.stringify(kept)).not.toMatch(/ASIA|not authorized|botocore/);
  });

  it('of more kinds than are kept in a day leave a gap, and room for refused sessions', async () => {
    const { run, observed, asked } = hub({ accessDenied: true });
    const calls = Array.from({ length: MOST_PAIRS + 5 }, (_, n) =>
      message(refusedCallEvent({ detail: { eventName: `Call${n}`, errorMessage: 'no' } })),
    );
    await run(calls);
    await run([message(failure)]);
    const kept = await observed();
    expect(kept?.accessDenied?.calls).toHaveLength(MOST_PAIRS);
    expect(kept?.accessDenied).toMatchObject({ complete: false, gap: expect.stringContaining('2026-11-20') });
    expect(kept?.denials).toMatchObject({ complete: true, webIdentity: [{ code: 'AccessDenied' }] });
    expect(asked.filter(({ requests }) => requests[0]?.scope.kind === 'account')).toHaveLength(1);
  });

  it('of an agent stay refusals of the agent', async () => {
    const { run, observed } = hub({ accessDenied: true });
    await run([message(podFailure)]);
    expect(await observed()).toMatchObject({ denials: { podIdentity: [{ cluster: 'shop' }] } });
  });
});

it('hands back a poison message alone', async () => {
  const { run, asked } = hub();
  const good = message(failure);
  expect(await run([{ messageId: 'poison', body: '{"' }, good])).toEqual({ failed: ['poison'] });
  expect(asked).toHaveLength(1);
});
