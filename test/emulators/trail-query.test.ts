import { describe, expect, it } from 'vitest';
import person from '../../events/AssumeRole/person.json' with { type: 'json' };
import association from '../../events/AssumeRole/pod-identity.json' with { type: 'json' };
import agentRefused from '../../events/AssumeRoleForPodIdentity/failure.json' with { type: 'json' };
import agentAnswered from '../../events/AssumeRoleForPodIdentity/success.json' with { type: 'json' };
import webRefused from '../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import webAbridged from '../../events/AssumeRoleWithWebIdentity/failure-abridged.json' with { type: 'json' };
import webInvalid from '../../events/AssumeRoleWithWebIdentity/failure-invalid-token.json' with {
  type: 'json',
};
import github from '../../events/AssumeRoleWithWebIdentity/github-actions.json' with { type: 'json' };
import webGiven from '../../events/AssumeRoleWithWebIdentity/success.json' with { type: 'json' };
import roleWritten from '../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { queryRecords } from '../../scripts/emulators/trino-query.ts';
import { trailQuery } from '../../shared/aws/evidence/trail/query.ts';
import { observationsIn } from '../../shared/aws/evidence/trail/rows.ts';
import { configSchema } from '../../shared/config/config.ts';
import {
  type Evidence,
  evidenceOf,
  merged,
  pairOf,
  refusedCallEvidence,
} from '../../shared/evidence/record.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { readRefusedCall } from '../../shared/triggers/refused-call.ts';
import { POD_SESSION, refusedCallEvent } from '../support/refused-call-event.ts';

const ID = '111122223333';

/** The columns of CloudTrail's table that the query reads (Athena user guide, "Query AWS CloudTrail logs"), as DuckDB has them. */
const TABLE = {
  useridentity: `STRUCT("type" VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, username VARCHAR, sessioncontext STRUCT(sessionissuer STRUCT("type" VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR), webidfederationdata STRUCT(federatedprovider VARCHAR, attributes MAP(VARCHAR, VARCHAR))))`,
  eventtime: 'VARCHAR',
  eventsource: 'VARCHAR',
  eventname: 'VARCHAR',
  awsregion: 'VARCHAR',
  errorcode: 'VARCHAR',
  errormessage: 'VARCHAR',
  requestparameters: 'VARCHAR',
  responseelements: 'VARCHAR',
  eventid: 'VARCHAR',
  readonly: 'VARCHAR',
  recipientaccountid: 'VARCHAR',
  timestamp: 'VARCHAR',
  region: 'VARCHAR',
  account: 'VARCHAR',
};

type Event = { readonly detail: object };
let count = 0;

/** An event of the window, with an id of its own. */
function at<E extends Event>(event: E, eventTime: string, changes: object = {}): E {
  count += 1;
  return { ...event, detail: { ...event.detail, eventTime, eventID: `event-${count}`, ...changes } };
}

const lower = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lower(inner)]))
    : value;

/** A record as CloudTrail's table has it: parameters and answers are texts, names are in lower case, a day is a partition. */
function rowOf({ detail }: Event): object {
  const record: Readonly<Record<string, unknown>> = { ...detail };
  const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
  return {
    useridentity: lower(record['userIdentity']),
    eventtime: record['eventTime'],
    eventsource: record['eventSource'],
    eventname: record['eventName'],
    awsregion: record['awsRegion'],
    errorcode: record['errorCode'],
    errormessage: record['errorMessage'],
    requestparameters: json(record['requestParameters']),
    responseelements: json(record['responseElements']),
    eventid: record['eventID'],
    readonly: String(record['readOnly'] ?? false),
    recipientaccountid: record['recipientAccountId'],
    timestamp: String(record['eventTime']).slice(0, 10).replaceAll('-', '/'),
    region: record['awsRegion'],
    account: record['recipientAccountId'],
  };
}

/** What the pipeline would keep of the same events. */
function kept(events: readonly Event[]): Map<string, Evidence> {
  const pairs = new Map<string, Evidence>();
  for (const { detail } of events) {
    const envelope = { account: ID, detail };
    const reading = readTrigger(envelope);
    const session =
      reading.outcome === 'trigger' && reading.trigger.kind === 'session'
        ? evidenceOf(reading.trigger, true)
        : null;
    const refused = session === null ? readRefusedCall(envelope) : null;
    const evidence = session ?? (refused === null ? null : refusedCallEvidence(refused));
    if (evidence === null) continue;
    const known = pairs.get(pairOf(evidence));
    pairs.set(pairOf(evidence), known === undefined ? evidence : merged(known, evidence));
  }
  return pairs;
}

async function asked(events: readonly Event[], { accessDenied = true, accounts = [ID] } = {}) {
  const { evidence } = configSchema.parse({
    evidence: {
      trail: {
        catalog: 'memory',
        database: 'audit',
        table: 'cloudtrail',
        partitions: { day: {}, account: 'account', region: 'region' },
      },
    },
  });
  if (evidence.trail === undefined) throw new Error('no trail');
  const sql = trailQuery(evidence.trail, {
    accounts,
    regions: ['eu-west-1', 'us-east-1'],
    from: new Date('2026-11-15T00:00:00Z'),
    to: new Date('2026-11-22T12:00:00Z'),
    accessDenied,
  });
  const answer = await queryRecords(sql, TABLE, events.map(rowOf));
  return { answer, of: observationsIn(answer) };
}

const byPair = (evidence: readonly Evidence[]) => new Map(evidence.map((one) => [pairOf(one), one]));
const times = ['2026-11-20T10:00:00Z', '2026-11-21T09:30:00Z', '2026-11-16T23:59:59Z'];
const subject = (name: string) => ({
  userIdentity: { ...webRefused.detail.userIdentity, userName: `system:serviceaccount:shop:${name}` },
});

describe("the query over a trail's log files", () => {
  it('shows what the pipeline would have kept of the same events', async () => {
    const events = [
      ...[webRefused, webAbridged, webInvalid, github, webGiven, agentRefused, agentAnswered].flatMap(
        (event) => times.map((time) => at<Event>(event, time)),
      ),
      ...[association, person, roleWritten].flatMap((event) => times.map((time) => at<Event>(event, time))),
      ...times.map((time) => at(refusedCallEvent(), time)),
      at(refusedCallEvent({ provider: null, session: POD_SESSION }), times[0] ?? ''),
      at(refusedCallEvent({ provider: null, session: 'alice@example.com' }), times[0] ?? ''),
      at(refusedCallEvent({ detail: { errorCode: 'ThrottlingException' } }), times[0] ?? ''),
      at(refusedCallEvent({ detail: { errorCode: undefined } }), times[0] ?? ''),
      at(webRefused, times[1] ?? '', subject("o'brien")),
      at(webRefused, times[1] ?? '', subject('"; DROP TABLE x; --')),
    ];
    const { of } = await asked(events);
    const found = of(ID);
    const expected = kept(events);
    expect(byPair(found.evidence)).toEqual(expected);
    expect(new Set([...expected.values()].map(({ kind }) => kind))).toEqual(
      new Set(['web-denial', 'pod-denial', 'session', 'call-denial']),
    );
    expect(found.held.get('eu-west-1')).toMatchObject({
      first: '2026-11-16T23:59:59Z',
      last: '2026-11-21T09:30:00Z',
    });
    expect(found.held.get('eu-west-1')?.reads).toBeGreaterThan(0);
    expect([found.unread, found.cut]).toEqual([0, false]);
  });

  it('looks at its accounts and its window alone', async () => {
    const events = [
      at(webRefused, '2026-11-14T23:59:59Z'),
      at(webRefused, '2026-11-22T12:00:01Z'),
      at(webRefused, '2026-11-20T00:00:00Z', { recipientAccountId: '999999999999' }),
    ];
    const { answer } = await asked(events);
    expect(answer.rows).toEqual([]);
  });

  it('counts a record that was delivered twice once', async () => {
    const twice = at(webRefused, '2026-11-20T00:00:00Z');
    const { of } = await asked([twice, twice]);
    expect(of(ID).evidence).toMatchObject([{ of: { count: 1 } }]);
  });

  it('keeps sessions whose tags are off, or are none', async () => {
    const { tags: _, ...untagged } = association.detail.requestParameters;
    const events = [
      at(association, '2026-11-20T00:00:00Z', { requestParameters: untagged }),
      at(association, '2026-11-20T00:00:01Z', { requestParameters: { ...untagged, tags: 'none' } }),
    ];
    const { of } = await asked(events);
    expect(byPair(of(ID).evidence)).toEqual(kept(events));
  });

  it('asks for nothing of refused calls unless it should', async () => {
    const { of } = await asked([at(refusedCallEvent(), '2026-11-20T00:00:00Z')], { accessDenied: false });
    expect(of(ID)).toMatchObject({
      evidence: [],
      held: new Map([['eu-west-1', expect.objectContaining({ reads: 1 })]]),
    });
  });

  it('gives the newest of too many callers, and one more', async () => {
    const events = Array.from({ length: 2010 }, (_, n) =>
      at(
        webRefused,
        new Date(Date.UTC(2026, 10, 20, 0, 0, n)).toISOString().replace('.000', ''),
        subject(`sa-${n}`),
      ),
    );
    const { of, answer } = await asked(events);
    expect(answer.rows).toHaveLength(2001);
    expect(of(ID).cut).toBe(true);
    expect(of(ID).evidence.some(({ of: one }) => 'subject' in one && one.subject?.endsWith(':sa-0'))).toBe(
      false,
    );
  });
});
