import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { readTrigger } from '../../../shared/triggers/read-trigger.ts';

type Fields = Record<string, unknown>;
type Change = (detail: Fields, envelope: Fields) => void;

/** The successful event with something about it changed. */
function changed(change: Change): unknown {
  const { detail, ...envelope }: Fields & { detail: Fields } = structuredClone(success);
  change(detail, envelope);
  return { ...envelope, detail };
}

function trigger(event: unknown) {
  const reading = readTrigger(event);
  if (reading.outcome !== 'trigger') throw new Error(`${reading.outcome}: ${reading.reason}`);
  return reading.trigger;
}

describe('a trust policy change', () => {
  it('says which role of which account, who, when and from where', () => {
    const { document, ...rest } = trigger(success);
    expect(rest).toEqual({
      kind: 'trust-policy',
      account: '111122223333',
      roleName: 'payments-api',
      actor: {
        type: 'AssumedRole',
        arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
        session: 'alice@example.com',
        account: '111122223333',
      },
      event: {
        id: 'c1a7e6b2-0d3f-4f5e-8f4b-7f9f3e1d2a33',
        name: 'UpdateAssumeRolePolicy',
        service: 'iam.amazonaws.com',
        time: '2026-11-20T09:14:05.000Z',
        region: 'us-east-1',
        sourceAddress: '203.0.113.24',
        userAgent: 'aws-cli/2.31.0 md/awscrt#0.27.0 ua/2.1 os/linux',
      },
    });
    expect(JSON.parse(document ?? '')).toHaveProperty('Statement');
  });

  it('that failed says so', () => {
    expect(trigger(failure).failure).toEqual({
      code: 'MalformedPolicyDocumentException',
      message: 'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/gone"',
    });
  });

  it.each<[string, Change, object]>([
    [
      'by a user names the user',
      (detail) => {
        detail['userIdentity'] = {
          type: 'IAMUser',
          arn: 'arn:aws:iam::111122223333:user/ci',
          accountId: '111122223333',
        };
      },
      { actor: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ci', account: '111122223333' } },
    ],
    [
      'by a service names the service',
      (detail) => {
        detail['userIdentity'] = { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' };
      },
      { actor: { type: 'AWSService', service: 'cloudformation.amazonaws.com' } },
    ],
    [
      'without an identity has an unknown actor',
      (detail) => {
        detail['userIdentity'] = null;
      },
      { actor: { type: 'Unknown' } },
    ],
    [
      'forwarded through another account belongs to the account of the role',
      (_detail, envelope) => {
        envelope['account'] = '999999999999';
      },
      { account: '111122223333' },
    ],
    [
      'without recipientAccountId belongs to the account of the envelope',
      (detail) => {
        delete detail['recipientAccountId'];
      },
      { account: '111122223333' },
    ],
    [
      'without eventTime takes the time of the envelope',
      (detail) => {
        delete detail['eventTime'];
      },
      { event: expect.objectContaining({ time: '2026-11-20T09:14:07.000Z' }) },
    ],
  ])('%s', (_name, change, expected) => {
    expect(trigger(changed(change))).toMatchObject(expected);
  });

  it('keeps no access key', () => {
    expect(JSON.stringify(trigger(success))).not.toContain('ASIA');
  });
});

it.each<[string, unknown, string]>([
  ['a text', 'hello', 'unreadable'],
  ['nothing', undefined, 'unreadable'],
  ['an event without detail', { source: 'aws.iam' }, 'unreadable'],
  ['a detail that is no record', { detail: { state: 'ALARM' } }, 'unreadable'],
  [
    'a record without any account',
    changed((detail, envelope) => {
      delete envelope['account'];
      delete detail['recipientAccountId'];
    }),
    'unreadable',
  ],
  [
    'an operation that is not followed',
    changed((detail) => {
      detail['eventName'] = 'CreateUser';
    }),
    'ignored',
  ],
  [
    'an EKS operation',
    changed((detail) => {
      detail['eventSource'] = 'eks.amazonaws.com';
      detail['eventName'] = 'CreateCluster';
    }),
    'ignored',
  ],
  [
    'a record without parameters',
    changed((detail) => {
      detail['requestParameters'] = null;
    }),
    'ignored',
  ],
  [
    'a role name that IAM cannot have',
    changed((detail) => {
      detail['requestParameters'] = { roleName: '../x"}' };
    }),
    'ignored',
  ],
])('%s is no trigger', (_name, event, outcome) => {
  const reading = readTrigger(event);
  expect(reading.outcome).toBe(outcome);
  expect(reading).toHaveProperty('reason', expect.stringMatching(/\w/));
});

describe('whatever arrives', () => {
  it('does not throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['trigger', 'ignored', 'unreadable']).toContain(readTrigger(value).outcome);
      }),
    );
  });

  it('in a record of the right name does not throw, and is bounded', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string({ minLength: 500, maxLength: 3000, unit: 'binary' }));
    const record = fc.record(
      {
        recipientAccountId: fc.oneof(fc.constant('111122223333'), anything),
        eventID: fc.oneof(fc.constant('id'), anything),
        eventTime: fc.oneof(fc.constant('2026-11-20T09:14:05Z'), anything),
        awsRegion: anything,
        sourceIPAddress: anything,
        userAgent: anything,
        errorCode: anything,
        errorMessage: anything,
        userIdentity: fc.oneof(
          anything,
          fc.record({ type: anything, arn: anything, principalId: anything, sessionContext: anything }),
        ),
        requestParameters: fc.oneof(
          anything,
          fc.record({ roleName: fc.constant('r'), policyDocument: anything }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, (detail) => {
        const reading = readTrigger({
          detail: { ...detail, eventSource: 'iam.amazonaws.com', eventName: 'UpdateAssumeRolePolicy' },
        });
        if (reading.outcome !== 'trigger') return;
        const { document: _, ...rest } = reading.trigger;
        expect(JSON.stringify(rest).length).toBeLessThan(12_000);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
        for (const text of textsOf(rest)) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
      { numRuns: 300 },
    );
  });
});

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
