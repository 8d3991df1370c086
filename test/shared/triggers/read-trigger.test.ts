import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { scopeSchema, scopesOf } from '../../../shared/pipeline/scope.ts';
import { readTrigger } from '../../../shared/triggers/read-trigger.ts';
import { sample, samples } from '../../support/event-samples.ts';

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

function roleTrigger(event: unknown) {
  const read = trigger(event);
  if (read.kind !== 'role') throw new Error(read.kind);
  return read;
}

describe('a trust policy change', () => {
  it('says which role of which account, who, when and from where', () => {
    const { document, ...rest } = roleTrigger(success);
    expect(rest).toEqual({
      kind: 'role',
      change: 'trust-policy',
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
    'a refused call that names nothing',
    changed((detail) => {
      detail['requestParameters'] = null;
      detail['errorCode'] = 'AccessDenied';
    }),
    'ignored',
  ],
])('%s is no trigger', (_name, event, outcome) => {
  const reading = readTrigger(event);
  expect(reading.outcome).toBe(outcome);
  expect(reading).toHaveProperty('reason', expect.stringMatching(/\w/));
});

describe('a change whose record does not say of what', () => {
  it.each<[string, unknown]>([
    ['has no parameters', null],
    ['has parameters that are a list', [{ roleName: 'payments-api' }]],
    ['names a role that IAM cannot have', { roleName: '../x"}' }],
    ['names nothing', {}],
  ])('is not dropped when it %s', (_name, parameters) => {
    const event = changed((detail) => {
      detail['requestParameters'] = parameters;
    });
    expect(trigger(event)).toMatchObject({ kind: 'unplaced', account: '111122223333' });
  });

  it('is found by what CloudTrail lists beside it', () => {
    const event = changed((detail) => {
      detail['requestParameters'] = null;
      detail['resources'] = [
        { type: 'AWS::IAM::Role', ARN: 'arn:aws:iam::111122223333:role/pods/payments-api' },
      ];
    });
    expect(roleTrigger(event).roleName).toBe('payments-api');
  });
});

describe('the name of a cluster', () => {
  const asked = (eventName: string, requestParameters: unknown, more: Fields = {}) =>
    readTrigger({
      detail: {
        ...sample('CreateCluster/success').detail,
        eventName,
        requestParameters,
        responseElements: null,
        ...more,
      },
    });
  const arn = (resource: string) => `arn:aws-us-gov:eks:us-gov-west-1:111122223333:${resource}`;

  it.each<[string, string, unknown, Fields]>([
    ['under "name"', 'DeleteAddon', { name: 'shop' }, {}],
    ['under "clusterName"', 'DeleteAddon', { clusterName: 'shop' }, {}],
    ['under "name" before "clusterName"', 'DeleteAddon', { clusterName: 'other', name: 'shop' }, {}],
    ['past a "name" that none can have', 'DeleteAddon', { name: 'a b', clusterName: 'shop' }, {}],
    ['in the answer', 'CreateCluster', null, { responseElements: { cluster: { name: 'shop' } } }],
    ['in an old answer', 'CreateCluster', null, { responseElements: { cluster: { clusterName: 'shop' } } }],
    ['in an add-on', 'CreateAddon', null, { responseElements: { addon: { clusterName: 'shop' } } }],
    ['in an ARN of a path', 'TagResource', { resourceArn: encodeURIComponent(arn('addon/shop/x/1')) }, {}],
    [
      'in the ARN of an association',
      'CreatePodIdentityAssociation',
      {},
      {
        responseElements: { association: { associationArn: arn('podidentityassociation/shop/a-1') } },
      },
    ],
    [
      'in the ARN of an access entry',
      'DeleteAccessEntry',
      null,
      { resources: [{ ARN: arn('access-entry/shop/role/111122223333/x/1') }] },
    ],
    ['in the listed ARN', 'DeleteCluster', null, { resources: [{ ARN: arn('cluster/shop') }] }],
  ])('is found %s', (_name, eventName, parameters, more) => {
    expect(asked(eventName, parameters, more)).toMatchObject({
      outcome: 'trigger',
      trigger: { clusterName: 'shop', region: 'eu-west-1' },
    });
  });

  it.each(['../../x', 'a'.repeat(101), 'shop\u202e', '%2e%2e', '', 7, null])('is not %j', (name) => {
    const reading = asked('DeleteAddon', { name });
    const known = name === 'shop\u202e' ? { clusterName: 'shop' } : { kind: 'unplaced' };
    expect(reading).toMatchObject({ outcome: 'trigger', trigger: known });
  });
});

describe('a web identity', () => {
  const provider = 'arn:aws-cn:iam::111122223333:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC';
  const subject = 'system:serviceaccount:ns:sa';
  const issuer = 'oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC';

  function identity(userIdentity: object, responseElements: object | null = null) {
    const event = sample('AssumeRoleWithWebIdentity/failure');
    return trigger({ ...event, detail: { ...event.detail, userIdentity, responseElements } });
  }

  it.each<[string, object, object | null, object]>([
    [
      'whose audience has colons',
      {
        identityProvider: provider,
        userName: subject,
        principalId: `${provider}:https://sts.example.com:${subject}`,
      },
      null,
      { issuer, audience: 'https://sts.example.com', subject },
    ],
    [
      'of which only the principal is known',
      { principalId: `${provider}:sts.amazonaws.com:${subject}` },
      null,
      { issuer, audience: 'sts.amazonaws.com', subject, namespace: 'ns', serviceAccount: 'sa' },
    ],
    [
      'of which only the answer tells',
      {},
      { provider, audience: 'sts.amazonaws.com', subjectFromWebIdentityToken: subject },
      { issuer, audience: 'sts.amazonaws.com', subject },
    ],
    [
      'of which the name alone is known',
      { userName: subject },
      null,
      { subject, namespace: 'ns', serviceAccount: 'sa' },
    ],
  ])('%s is read as far as it goes', (_name, userIdentity, answer, expected) => {
    expect(identity(userIdentity, answer)).toMatchObject(expected);
  });
});

describe('credentials in a record', () => {
  it.each<[string, () => Fields]>([
    ['an error message', () => ({ errorMessage: 'refused for ASIAQWERTYUIOPASDFGH' })],
    ['a user agent', () => ({ userAgent: `tool ${JWT}` })],
    ['an address', () => ({ sourceIPAddress: 'IQoJb3JpZ2luX2VjEXAMPLE0123456789' })],
    ['the request', () => ({ requestParameters: { roleName: 'r', token: JWT } })],
    [
      'the name of a session',
      () => ({
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/r/AKIAQWERTYUIOPASDFGH',
        },
      }),
    ],
    [
      'the answer',
      () => ({
        responseElements: {
          credentials: { accessKeyId: 'ASIAQWERTYUIOPASDFGH', secretAccessKey: SECRET, sessionToken: JWT },
        },
      }),
    ],
  ])('do not leave the parser by %s', (_name, change) => {
    const event = changed((detail) => Object.assign(detail, change()));
    expect(JSON.stringify(trigger(event))).not.toMatch(/ASIA|AKIA|eyJ|IQoJ|wJalr/);
  });
});

const JWT = `eyJhbGciOiJSUzI1NiJ9.${'eyJzdWIiOiJzeXN0ZW0ifQ'.repeat(60)}.c2lnbmF0dXJl`;
const SECRET = 'wJalrXUtnFEMIexampleEXAMPLEexampleEXAMPL';

describe('whatever arrives', () => {
  it('does not throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['trigger', 'ignored', 'unreadable']).toContain(readTrigger(value).outcome);
      }),
    );
  });

  it.each([...new Set(samples.keys())].filter((name) => name.endsWith('/success')))(
    'in the place of any part of %s does not throw, and is bounded',
    (name) => {
      const event = sample(name);
      fc.assert(
        fc.property(hostile(event.detail), (detail) => {
          const reading = readTrigger({ ...event, detail });
          if (reading.outcome !== 'trigger') return;
          const { trigger: read } = reading;
          const rest = read.kind === 'role' ? { ...read, document: undefined } : read;
          expect(JSON.stringify(rest).length).toBeLessThan(24_000);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
          for (const text of textsOf(rest)) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
          for (const scope of scopesOf(read)) expect(() => scopeSchema.parse(scope)).not.toThrow();
        }),
        { numRuns: 60 },
      );
    },
  );
});

const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ minLength: 500, maxLength: 3000, unit: 'binary' }),
  fc.constantFrom(
    '%zz',
    '%00%0a',
    '%E2%80%AE',
    `arn:aws:iam::111122223333:role/${'x'.repeat(4000)}`,
    '__proto__',
  ),
);

/** A record in which some values, at whatever depth, are anything. */
function hostile(value: unknown): fc.Arbitrary<unknown> {
  const other = { arbitrary: anything, weight: 1 };
  if (Array.isArray(value)) return fc.oneof({ arbitrary: fc.tuple(...value.map(hostile)), weight: 6 }, other);
  if (typeof value !== 'object' || value === null)
    return fc.oneof({ arbitrary: fc.constant(value), weight: 6 }, other);
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hostile(part)]));
  return fc.oneof({ arbitrary: fc.record(parts, { requiredKeys: [] }), weight: 12 }, other);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
