import { CloudTrailClient, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import { eventLookup } from '../../../../shared/aws/cloudtrail/lookup-events.ts';
import { findCause } from '../../../../shared/findings/cause-lookup.ts';
import { findingOf } from '../../../support/findings.ts';

const ACCOUNT = '111122223333';

function record(
  eventName: string,
  roleName: string,
  time: string,
  more: object = {},
): { CloudTrailEvent: string } {
  return {
    CloudTrailEvent: JSON.stringify({
      eventVersion: '1.11',
      eventSource: 'iam.amazonaws.com',
      eventName,
      eventTime: time,
      eventID: `${eventName}-${time}`,
      awsRegion: 'us-east-1',
      recipientAccountId: ACCOUNT,
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/alice` },
      requestParameters: { roleName, policyDocument: '{}', assumeRolePolicyDocument: '{}' },
      ...more,
    }),
  };
}

/** CloudTrail with pages of events by name, and a clock that only sleeping moves. */
function world(pages: Record<string, (object[] | Error)[]>, { seconds = 60, mostPages = 10 } = {}) {
  let clock = 0;
  const calls: { at: number; name: string }[] = [];
  const client = new CloudTrailClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        const { LookupAttributes = [], NextToken } = input as LookupEventsCommandInput;
        const name = LookupAttributes[0]?.AttributeValue ?? '';
        calls.push({ at: clock, name });
        const of = pages[name] ?? [];
        const number = Number(NextToken ?? 0);
        const page = of[number] ?? [];
        if (page instanceof Error) throw page;
        const more = number + 1 < of.length ? { NextToken: String(number + 1) } : {};
        return { output: { $metadata: {}, Events: page, ...more }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
  const lookUp = eventLookup({
    clientFor: () => client,
    now: () => new Date(clock),
    sleep: async (milliseconds) => {
      clock += milliseconds;
    },
    until: new Date(seconds * 1000),
    mostPages,
  });
  return { lookUp, calls };
}

const query = { account: ACCOUNT, region: 'us-east-1', eventName: 'UpdateAssumeRolePolicy' };
const early = record('UpdateAssumeRolePolicy', 'payments-api', '2026-11-19T09:00:00Z');
const late = record('UpdateAssumeRolePolicy', 'payments-api', '2026-11-20T09:00:00Z');

describe('eventLookup', () => {
  it('reads every page, at its pace, and a query asked twice once', async () => {
    const { lookUp, calls } = world({ UpdateAssumeRolePolicy: [[late], [early]] });
    const [one, two] = await Promise.all([lookUp(query), lookUp(query)]);
    expect(one.triggers.map(({ event }) => event.time)).toEqual([
      '2026-11-20T09:00:00.000Z',
      '2026-11-19T09:00:00.000Z',
    ]);
    expect(one.gap).toBeUndefined();
    expect(two).toBe(one);
    expect(calls.map(({ at }) => at)).toEqual([0, 1000]);
  });

  it('never asks an account and region twice a second, whoever asks', async () => {
    const { lookUp, calls } = world({});
    await Promise.all(['A', 'B', 'C', 'D'].map((eventName) => lookUp({ ...query, eventName })));
    const times = calls.map(({ at }) => at);
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(times).toHaveLength(4);
  });

  it.each<[string, (object[] | Error)[], object, string]>([
    [
      'denied',
      [Object.assign(new Error('no'), { name: 'AccessDeniedException' })],
      {},
      'AccessDeniedException',
    ],
    [
      'throttled in the middle',
      [[late], Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })],
      {},
      'ThrottlingException',
    ],
    ['out of pages', [[late], [early], []], { mostPages: 2 }, 'more than 100'],
    ['out of time', [[late], [early]], { seconds: 1 }, 'time'],
    ['given a record that is none', [[{ CloudTrailEvent: '{' }]], {}, 'not readable'],
  ])('%s says so', async (_name, pages, options, gap) => {
    const { lookUp } = world({ UpdateAssumeRolePolicy: pages }, options);
    expect((await lookUp(query)).gap).toContain(gap);
  });
});

describe('findCause', () => {
  const readAt = '2026-11-20T10:00:00Z';
  const look = async (pages: Record<string, (object[] | Error)[]>, finding = findingOf()) =>
    findCause(finding, readAt, 'us-east-1', world(pages).lookUp);

  it('takes the newest write of the role that succeeded before the reading', async () => {
    const failed = record('UpdateAssumeRolePolicy', 'payments-api', '2026-11-20T09:30:00Z', {
      errorCode: 'AccessDenied',
    });
    const after = record('UpdateAssumeRolePolicy', 'payments-api', '2026-11-20T11:00:00Z');
    const elsewhere = record('UpdateAssumeRolePolicy', 'other', '2026-11-20T09:40:00Z');
    const created = record('CreateRole', 'Payments-API', '2026-11-01T09:00:00Z');
    const found = await look({
      UpdateAssumeRolePolicy: [[after, elsewhere, failed, late, early]],
      CreateRole: [[created]],
    });
    expect(found).toMatchObject({ outcome: 'found', change: { time: '2026-11-20T09:00:00.000Z' } });
  });

  it('nothing within 90 days is none', async () => {
    expect(await look({})).toEqual({ outcome: 'none' });
  });

  it('nothing found where something was not read is not none', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    expect(await look({ UpdateAssumeRolePolicy: [denied] })).toMatchObject({ outcome: 'not-looked-up' });
  });

  it('a finding at no place that events tell of is not looked up', async () => {
    const { role: _role, ...elsewhere } = findingOf();
    expect(await look({}, elsewhere)).toMatchObject({ outcome: 'not-looked-up' });
  });
});
