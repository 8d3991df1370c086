import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { sha256 } from '../../../shared/lambda/hash.ts';
import { canonicalJson } from '../../../shared/pipeline/canonical.ts';
import { type Evaluation, evaluationSchema } from '../../../shared/pipeline/evaluation.ts';
import { eventRegister } from '../../../shared/pipeline/event-register.ts';
import { scopeKey } from '../../../shared/pipeline/scope.ts';
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

/** Triage over a Step Functions that knows its names; `broken` names a role whose start fails. */
function setUp(broken?: string) {
  const started: Evaluation[] = [];
  const names = new Set<string>();
  const run = triage({
    register: eventRegister(sha256),
    hash: sha256,
    telemetry: silent,
    evaluations: {
      start: async (evaluation) => {
        if (evaluation.scope.kind === 'role' && evaluation.scope.role === broken)
          throw new Error('ThrottlingException');
        if (names.has(evaluation.name)) return 'repeated';
        names.add(evaluation.name);
        started.push(evaluationSchema.parse(evaluation));
        return 'started';
      },
    },
  });
  return { run, started };
}

describe('one event', () => {
  it('starts the evaluation of its role, with who did it', async () => {
    const { run, started } = setUp();
    expect(await run([message()])).toEqual({ failed: [] });
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({
      scope: { kind: 'role', account: '111122223333', role: 'payments-api' },
      causes: [{ actor: { session: 'alice@example.com' }, sourceAddress: '203.0.113.24' }],
      events: 1,
      expected: [sha256(canonicalJson(success.detail.requestParameters.policyDocument))],
    });
    expect(started[0]?.name).toMatch(/^111122223333-payments-api-[0-9a-f]{12}-[0-9a-f]{16}$/);
  });

  it('delivered again starts nothing, and is done', async () => {
    const { run, started } = setUp();
    await run([message(), message()]);
    expect(await run([message()])).toEqual({ failed: [] });
    expect(started).toHaveLength(1);
    expect(started[0]).toHaveProperty('events', 1);
  });

  it('that failed starts nothing, and is done', async () => {
    const { run, started } = setUp();
    expect(await run([{ messageId: 'x', body: JSON.stringify(failure) }])).toEqual({ failed: [] });
    expect(started).toEqual([]);
  });

  it('with a role name of 64 characters gives a name that Step Functions takes', async () => {
    const { run, started } = setUp();
    await run([message({ role: `${'r+=,.@-x'.repeat(8)}` })]);
    expect(started[0]?.name).toMatch(/^[\w-]{1,80}$/);
  });
});

describe('a batch', () => {
  it('gives one evaluation for each role, whatever the case of its name, with the newest change first', async () => {
    const { run, started } = setUp();
    await run([
      message({ id: 'first', time: '2026-11-20T09:00:00Z' }),
      message({ id: 'third', time: '2026-11-20T11:00:00Z' }),
      message({ id: 'second', role: 'Payments-API', time: '2026-11-20T10:00:00Z' }),
      message({ id: 'other', role: 'billing' }),
      message({ id: 'elsewhere', account: '444455556666' }),
    ]);
    expect(
      started.map(({ scope, causes }) => [scopeKey(scope), causes.map(({ eventId }) => eventId)]),
    ).toEqual([
      ['role/111122223333/payments-api', ['third', 'second', 'first']],
      ['role/111122223333/billing', ['other']],
      ['role/444455556666/payments-api', ['elsewhere']],
    ]);
  });

  it('of a thousand changes to one role gives one evaluation that a state machine can carry', async () => {
    const { run, started } = setUp();
    await run(Array.from({ length: 1000 }, (_, n) => message({ id: `e${n}` })));
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({ events: 1000, causes: { length: 5 } });
    expect(JSON.stringify(started).length).toBeLessThan(20_000);
  });

  it('of two changes within one second waits for either document', async () => {
    const { run, started } = setUp();
    await run([message({ id: 'a', document: '{"a":1}' }), message({ id: 'b', document: '{ "b": 2 }' })]);
    expect(new Set(started[0]?.expected)).toEqual(new Set([sha256('{"a":1}'), sha256('{"b":2}')]));
  });

  it('waits for the trust policy, however many other writes of the role came after it', async () => {
    const { run, started } = setUp();
    const tagged = sample('TagRole/success');
    const later = { ...tagged, detail: { ...tagged.detail, eventTime: '2026-11-20T23:00:00Z' } };
    await run([message({ document: '{"a":1}' }), { messageId: 'tag', body: JSON.stringify(later) }]);
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({
      expected: [sha256('{"a":1}')],
      causes: [{ eventName: 'TagRole' }, {}],
    });
  });

  it('waits for no trust policy of a role that was deleted after it was written', async () => {
    const { run, started } = setUp();
    const gone = sample('DeleteRole/success');
    const later = { ...gone, detail: { ...gone.detail, eventTime: '2026-11-20T23:00:00Z' } };
    await run([message({ document: '{"a":1}' }), { messageId: 'gone', body: JSON.stringify(later) }]);
    expect(started).toMatchObject([{ expected: [], presence: 'absent' }]);
  });

  it('knows whether the newest event left a provider there, and not when two in one second disagree', async () => {
    const { run, started } = setUp();
    const [made, gone] = [
      sample('CreateOpenIDConnectProvider/success'),
      sample('DeleteOpenIDConnectProvider/success'),
    ];
    const at = (event: typeof made, eventTime: string) => ({
      messageId: eventTime,
      body: JSON.stringify({ ...event, detail: { ...event.detail, eventTime } }),
    });
    await run([at(gone, '2026-11-20T10:00:00Z'), at(made, '2026-11-20T09:00:00Z')]);
    await run([at(gone, '2026-11-20T12:00:00Z'), at(made, '2026-11-20T12:00:00Z')]);
    expect(started.map(({ presence }) => presence)).toEqual(['absent', undefined]);
  });

  it('judges a role once, apart from the clusters that are judged beside it', async () => {
    const { run, started } = setUp();
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
    expect(started.map(({ scope, events }) => [scopeKey(scope), events])).toEqual([
      [
        'role/111122223333/payments-api/apart/111122223333/eu-west-1/blue/apart/111122223333/eu-west-1/shop',
        3,
      ],
      ['cluster/111122223333/eu-west-1/blue', 1],
      ['cluster/111122223333/eu-west-1/shop', 1],
    ]);
  });

  it('hands back what is no event and goes on with the rest', async () => {
    const { run, started } = setUp();
    const poison = { messageId: 'poison', body: '{"detail": 7' };
    expect(await run([poison, message()])).toEqual({ failed: ['poison'] });
    expect(started).toHaveLength(1);
  });

  it('hands back every message of an evaluation that could not be started, and no other', async () => {
    const { run, started } = setUp('billing');
    const lost = [message({ id: 'one', role: 'billing' }), message({ id: 'two', role: 'billing' })];
    expect(await run([...lost, message()])).toEqual({ failed: lost.map(({ messageId }) => messageId) });
    expect(started).toHaveLength(1);
  });
});
