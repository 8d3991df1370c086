import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { sha256 } from '../../../shared/lambda/hash.ts';
import { canonicalJson } from '../../../shared/pipeline/canonical.ts';
import { laneKey, laneOf, type Turn, turnSchema } from '../../../shared/pipeline/lane.ts';
import { laneRegister } from '../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../shared/pipeline/memory-lanes.ts';
import { scopeKey } from '../../../shared/pipeline/scope.ts';
import { type ScopeRequest, scopeRequestSchema } from '../../../shared/pipeline/scope-request.ts';
import { triage } from '../../../shared/pipeline/triage.ts';
import { sample } from '../../support/event-samples.ts';
import { silent } from '../../support/pipeline.ts';

interface Event {
  readonly id?: string;
  readonly role?: string;
  readonly time?: string;
  readonly account?: string;
  readonly document?: string;
}

let messages = 0;

function message({ id, role, time, account, document }: Event = {}) {
  const event = structuredClone(success);
  const { detail } = event;
  if (id !== undefined) detail.eventID = id;
  if (role !== undefined) detail.requestParameters.roleName = role;
  if (document !== undefined) detail.requestParameters.policyDocument = document;
  if (time !== undefined) detail.eventTime = time;
  if (account !== undefined) detail.recipientAccountId = account;
  messages += 1;
  return { messageId: `m${messages}`, body: JSON.stringify(event) };
}

/** Triage over a register in memory and a Step Functions that knows its names; `broken` is an account whose start fails. */
function setUp(broken?: string) {
  const started: Turn[] = [];
  const register = laneRegister(memoryLanes(), sha256, () => new Date('2026-11-20T12:00:00Z'));
  const run = triage({
    register,
    hash: sha256,
    now: () => new Date('2026-11-20T12:00:00Z'),
    telemetry: silent,
    evaluations: {
      start: async (turn) => {
        if (turn.lane.account === broken) throw new Error('ThrottlingException');
        if (started.some(({ name }) => name === turn.name)) return 'repeated';
        started.push(turnSchema.parse(turn));
        return 'started';
      },
    },
  });
  /** What the turns that were started have to judge. */
  const asked = async (): Promise<ScopeRequest[]> => {
    const begun = await Promise.all(started.map((turn) => register.begin(turn)));
    return begun.flatMap((each) => each?.requests ?? []).map((each) => scopeRequestSchema.parse(each));
  };
  return { run, started, asked };
}

describe('one event', () => {
  it('starts the turn of its account, which has to judge its role, with who did it', async () => {
    const { run, started, asked } = setUp();
    expect(await run([message()])).toEqual({ failed: [] });
    expect(started).toHaveLength(1);
    expect(started[0]?.name).toMatch(/^111122223333-[0-9a-f]{12}-\d+$/);
    expect(await asked()).toMatchObject([
      {
        scope: { kind: 'role', account: '111122223333', role: 'payments-api' },
        causes: [{ actor: { session: 'alice@example.com' }, sourceAddress: '203.0.113.24' }],
        events: 1,
        expected: [sha256(canonicalJson(success.detail.requestParameters.policyDocument))],
      },
    ]);
  });

  it('delivered again starts nothing and asks for nothing, and is done', async () => {
    const { run, started, asked } = setUp();
    await run([message(), message()]);
    expect(await run([message()])).toEqual({ failed: [] });
    expect(started).toHaveLength(1);
    expect(await asked()).toMatchObject([{ events: 1 }]);
  });

  it('that failed starts nothing, and is done', async () => {
    const { run, started } = setUp();
    expect(await run([{ messageId: 'x', body: JSON.stringify(failure) }])).toEqual({ failed: [] });
    expect(started).toEqual([]);
  });
});

describe('a batch', () => {
  it('gives each account one turn and each role one request, whatever the case of its name, newest change first', async () => {
    const { run, started, asked } = setUp();
    await run([
      message({ id: 'first', time: '2026-11-20T09:00:00Z' }),
      message({ id: 'third', time: '2026-11-20T11:00:00Z' }),
      message({ id: 'second', role: 'Payments-API', time: '2026-11-20T10:00:00Z' }),
      message({ id: 'other', role: 'billing' }),
      message({ id: 'elsewhere', account: '444455556666' }),
    ]);
    expect(started.map(({ lane }) => laneKey(lane))).toEqual(['111122223333', '444455556666']);
    const requests = await asked();
    expect(
      requests.map(({ scope, causes }) => [scopeKey(scope), causes.map(({ eventId }) => eventId)]),
    ).toEqual([
      ['role/111122223333/payments-api', ['third', 'second', 'first']],
      ['role/111122223333/billing', ['other']],
      ['role/444455556666/payments-api', ['elsewhere']],
    ]);
  });

  it('of a thousand changes to one role gives one request of a bounded size', async () => {
    const { run, started, asked } = setUp();
    await run(Array.from({ length: 1000 }, (_, n) => message({ id: `e${n}` })));
    expect(started).toHaveLength(1);
    const requests = await asked();
    expect(requests).toMatchObject([{ events: 1000, causes: { length: 5 } }]);
    expect(JSON.stringify(requests).length).toBeLessThan(20_000);
  });

  it('of changes to a thousand roles asks for their account, with the newest events', async () => {
    const { run, started, asked } = setUp();
    const time = (n: number) => new Date(Date.parse('2026-11-20T09:00:00Z') + n * 1000).toISOString();
    await run(Array.from({ length: 1000 }, (_, n) => message({ id: `e${n}`, role: `r${n}`, time: time(n) })));
    expect(started).toHaveLength(1);
    expect(await asked()).toMatchObject([
      { scope: { kind: 'account' }, events: 1000, causes: [{ eventId: 'e999' }, {}, {}, {}, {}] },
    ]);
  });

  it('of two changes within one second waits for either document', async () => {
    const { run, asked } = setUp();
    await run([message({ id: 'a', document: '{"a":1}' }), message({ id: 'b', document: '{ "b": 2 }' })]);
    const [request] = await asked();
    expect(new Set(request?.expected)).toEqual(new Set([sha256('{"a":1}'), sha256('{"b":2}')]));
  });

  it('waits for the trust policy, however many other writes of the role came after it', async () => {
    const { run, asked } = setUp();
    const tagged = sample('TagRole/success');
    const later = { ...tagged, detail: { ...tagged.detail, eventTime: '2026-11-20T23:00:00Z' } };
    await run([message({ document: '{"a":1}' }), { messageId: 'tag', body: JSON.stringify(later) }]);
    expect(await asked()).toMatchObject([
      { expected: [sha256('{"a":1}')], causes: [{ eventName: 'TagRole' }, {}] },
    ]);
  });

  it('waits for no trust policy of a role that was deleted after it was written', async () => {
    const { run, asked } = setUp();
    const gone = sample('DeleteRole/success');
    const later = { ...gone, detail: { ...gone.detail, eventTime: '2026-11-20T23:00:00Z' } };
    await run([message({ document: '{"a":1}' }), { messageId: 'gone', body: JSON.stringify(later) }]);
    expect(await asked()).toMatchObject([{ expected: [], presence: 'absent' }]);
  });

  it.each([
    ['the newest event left a provider there', '2026-11-20T09:00:00Z', 'absent'],
    ['not, when two in one second disagree', '2026-11-20T10:00:00Z', undefined],
  ])('knows whether %s', async (_name, madeAt, presence) => {
    const { run, asked } = setUp();
    const at = (name: string, eventTime: string) => {
      const event = sample(name);
      return { messageId: name, body: JSON.stringify({ ...event, detail: { ...event.detail, eventTime } }) };
    };
    await run([
      at('DeleteOpenIDConnectProvider/success', '2026-11-20T10:00:00Z'),
      at('CreateOpenIDConnectProvider/success', madeAt),
    ]);
    const requests = await asked();
    expect(requests.map((request) => request.presence)).toEqual([presence]);
  });

  it('judges a role by its own events in its account, and with each cluster that was given it', async () => {
    const { run, asked } = setUp();
    const made = sample('CreatePodIdentityAssociation/success');
    const parameters = made.detail['requestParameters'] as object;
    const other = {
      ...made,
      detail: { ...made.detail, eventID: 'x', requestParameters: { ...parameters, name: 'blue' } },
    };
    await run([
      message(),
      ...[other, made].map((event, n) => ({ messageId: `a${n}`, body: JSON.stringify(event) })),
    ]);
    const requests = await asked();
    const lanes = requests.map(({ scope, events }) => [laneKey(laneOf(scope)), scopeKey(scope), events]);
    expect(lanes.sort()).toEqual([
      ['111122223333', 'role/111122223333/payments-api', 1],
      ['111122223333/eu-west-1/blue', 'cluster/111122223333/eu-west-1/blue', 1],
      ['111122223333/eu-west-1/blue', 'role/111122223333/payments-api', 1],
      ['111122223333/eu-west-1/shop', 'cluster/111122223333/eu-west-1/shop', 1],
      ['111122223333/eu-west-1/shop', 'role/111122223333/payments-api', 1],
    ]);
  });

  it.each([
    [['DeleteCluster', 'DeleteOpenIDConnectProvider']],
    [['DeleteOpenIDConnectProvider', 'DeleteCluster']],
  ])('of %s does not let the provider wait for the cluster to be gone', async (names) => {
    const { run, started, asked } = setUp();
    await run(names.map((name) => ({ messageId: name, body: JSON.stringify(sample(`${name}/success`)) })));
    expect(started.map(({ lane }) => lane.kind).sort()).toEqual(['account', 'cluster']);
    const issuers = (await asked()).filter(({ scope }) => scope.kind === 'issuer');
    expect(
      issuers
        .map(({ scope, causes }) => [causes[0]?.eventName, scope.kind === 'issuer' && scope.after?.cluster])
        .sort(),
    ).toEqual([
      ['DeleteCluster', 'shop'],
      ['DeleteOpenIDConnectProvider', undefined],
    ]);
  });

  it('hands back what is no event and goes on with the rest', async () => {
    const { run, started } = setUp();
    const poison = { messageId: 'poison', body: '{"detail": 7' };
    expect(await run([poison, message()])).toEqual({ failed: ['poison'] });
    expect(started).toHaveLength(1);
  });

  it('hands back every message of a turn that could not be started, and no other', async () => {
    const { run, started } = setUp('444455556666');
    const lost = ['one', 'two'].map((id) => message({ id, account: '444455556666' }));
    expect(await run([...lost, message()])).toEqual({ failed: lost.map(({ messageId }) => messageId) });
    expect(started).toHaveLength(1);
  });

  it('of more accounts than are served at once reaches each of them', async () => {
    const { run, started } = setUp('000000000007');
    const accounts = Array.from({ length: 40 }, (_, n) => `${n}`.padStart(12, '0'));
    const messages = accounts.map((account) => message({ id: account, account }));
    expect(await run(messages)).toEqual({ failed: [messages[7]!.messageId] });
    expect(started.map(({ lane }) => lane.account).sort()).toEqual(accounts.toSpliced(7, 1));
  });
});
