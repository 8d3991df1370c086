import { describe, expect, it } from 'vitest';
import person from '../../../../events/AssumeRole/person.json' with { type: 'json' };
import podIdentity from '../../../../events/AssumeRole/pod-identity.json' with { type: 'json' };
import podFailure from '../../../../events/AssumeRoleForPodIdentity/failure.json' with { type: 'json' };
import failure from '../../../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import success from '../../../../events/AssumeRoleWithWebIdentity/success.json' with { type: 'json' };
import { collect } from '../../../../shared/aws/collect.ts';
import type { Progress } from '../../../../shared/aws/progress.ts';
import { parseSnapshot } from '../../../../shared/estate/parse-snapshot.ts';
import { writeSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import { refusedCallEvent } from '../../../support/refused-call-event.ts';
import { ID, stubAccount } from '../../../support/stub-account.ts';
import { type StubCall, type StubService, stubClients } from '../../../support/stub-aws.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const WEB = 'AssumeRoleWithWebIdentity';
const AGENT = 'AssumeRoleForPodIdentity';
const ROLE = 'AssumeRole';
const ANY = 'any';

type Answers = Readonly<Record<string, StubService>>;
const page = (...events: readonly { detail: object }[]) => ({
  Events: events.map(({ detail }) => ({ CloudTrailEvent: JSON.stringify(detail) })),
});
const refused = () => ({
  wire: {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'AccessDeniedException' },
    body: '{"__type":"AccessDeniedException","message":"not allowed"}',
  },
});
const nameOf = ({ input }: StubCall): string => {
  const [attribute] = (input['LookupAttributes'] ?? []) as { AttributeValue: string }[];
  return attribute?.AttributeValue ?? ANY;
};

async function sampled(answers: Answers, { seconds = 60, accessDenied = false } = {}) {
  const calls: StubCall[] = [];
  const told: Progress[] = [];
  const clock = { now: Date.parse(NOW) };
  const service: StubService = (call) =>
    call.operation === 'LookupEvents' ? (answers[nameOf(call)]?.(call) ?? { Events: [] }) : stubAccount(call);
  const snapshot = await collect(
    {
      clients: stubClients(service, calls),
      now: () => new Date(clock.now),
      sessions: {
        from: 'sample',
        seconds,
        accessDenied,
        sleep: async (milliseconds) => {
          clock.now += milliseconds;
        },
      },
    },
    (progress) => told.push(progress),
  );
  expect(parseSnapshot(writeSnapshot(snapshot))).toEqual({ snapshot });
  const lookups = calls.filter(({ operation }) => operation === 'LookupEvents');
  return { snapshot, observed: snapshot.accounts[0]?.observed, lookups, told };
}

describe('a sample of sessions', () => {
  it('has who was refused and who was let in, from the regions with clusters, and never claims to be whole', async () => {
    const { observed, snapshot, lookups } = await sampled({
      [WEB]: () => page(failure, success),
      [AGENT]: () => page(podFailure),
      [ROLE]: () => page(podIdentity, person),
    });
    expect(new Set(lookups.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
    expect(observed?.denials).toMatchObject({
      source: 'cloudtrail-sample',
      since: '2026-08-24T12:00:00.000Z',
      complete: false,
      gap: "a sample of CloudTrail's event history in the regions with clusters",
      webIdentity: [{ code: 'AccessDenied', count: 1 }],
      podIdentity: [{ cluster: 'shop' }],
    });
    expect(observed?.sessions).toMatchObject({
      complete: false,
      seen: expect.arrayContaining([
        expect.objectContaining({ via: 'web-identity' }),
        expect.objectContaining({ via: 'pod-identity' }),
      ]),
    });
    expect(observed?.sessions?.seen).toHaveLength(2);
    expect(snapshot.coverage).toEqual([]);
    expect(JSON.stringify(observed)).not.toMatch(/ASIA|sessionToken|botocore/);
  });

  it('reaches back as far as it was read, and counts an event that comes on two pages once', async () => {
    const { observed } = await sampled({ [WEB]: () => ({ ...page(failure), NextToken: 'more' }) });
    expect(observed?.denials).toMatchObject({
      since: new Date(failure.detail.eventTime).toISOString(),
      gap: expect.stringContaining(`more than 500 events of ${WEB}`),
      webIdentity: [{ count: 1 }],
    });
  });

  it('says which questions were refused, and keeps the others', async () => {
    const { observed, snapshot } = await sampled({ [WEB]: () => page(failure), [AGENT]: refused });
    expect(observed?.denials?.webIdentity).toHaveLength(1);
    expect(observed?.denials?.gap).toContain('1 of 3 questions were not answered');
    expect(snapshot.coverage).toMatchObject([
      {
        account: ID,
        region: 'eu-west-1',
        subject: AGENT,
        read: 'cloudtrail:LookupEvents',
        reason: expect.stringContaining('AccessDenied'),
      },
    ]);
  });

  it('is absent, not empty, when every question was refused', async () => {
    const { observed, snapshot } = await sampled({ [WEB]: refused, [AGENT]: refused, [ROLE]: refused });
    expect(observed).toBeUndefined();
    expect(snapshot.coverage).toHaveLength(3);
  });

  it('takes no longer than it may, at a call a second in a region', async () => {
    const endless = () => ({ ...page(failure), NextToken: 'more' });
    const { lookups, observed } = await sampled(
      { [WEB]: endless, [AGENT]: endless, [ROLE]: endless },
      { seconds: 5 },
    );
    expect(lookups).toHaveLength(5);
    expect(observed?.denials?.gap).toContain('the time for looking was over');
  });

  it('has the calls that pods were refused where they are asked for, each event once', async () => {
    const refused = refusedCallEvent();
    const chained = refusedCallEvent({
      detail: {
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRole',
        errorCode: 'AccessDenied',
        eventID: 'chained',
      },
    });
    const answers = {
      [ROLE]: () => page(chained, person),
      [ANY]: () => page(refused, refused, chained, person),
    };
    const { observed, lookups } = await sampled(answers, { accessDenied: true });
    expect(lookups.filter((call) => nameOf(call) === ANY)).toHaveLength(1);
    expect(observed?.accessDenied).toMatchObject({
      source: 'cloudtrail-sample',
      complete: false,
      calls: expect.arrayContaining([
        expect.objectContaining({ call: 'DescribeInstances', count: 1 }),
        expect.objectContaining({ call: 'AssumeRole', count: 1 }),
      ]),
    });
    expect(observed?.accessDenied?.calls).toHaveLength(2);
    expect((await sampled(answers)).observed).not.toHaveProperty('accessDenied');
  });

  it('of refused calls reaches back as far as it was read, though nothing in it was of pods', async () => {
    const { observed } = await sampled(
      { [ANY]: () => ({ ...page(person), NextToken: 'more' }) },
      { accessDenied: true },
    );
    expect(observed?.accessDenied).toMatchObject({
      complete: false,
      calls: [],
      since: expect.stringMatching(/^2026-11-22T12:0/),
      gap: expect.stringContaining('more than 500 events in eu-west-1'),
    });
  });

  it('tells its progress', async () => {
    const { told } = await sampled({});
    expect(told.map(({ doing }) => doing)).toContain(`cloudtrail:LookupEvents ${ID} eu-west-1 ${WEB}`);
  });

  it('is not asked for unless it is wanted', async () => {
    const calls: StubCall[] = [];
    await collect({ clients: stubClients(stubAccount, calls), now: () => new Date(NOW) });
    expect(calls.filter(({ operation }) => operation === 'LookupEvents')).toEqual([]);
  });
});
