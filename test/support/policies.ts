import * as fc from 'fast-check';
import { OPERATOR_NAMES } from '../../shared/iam/policy.ts';
import type { Caller, ContextValue, Request } from '../../shared/iam/request.ts';

/** Checks a property over `runs` random cases; the report of a failure holds the smallest case that fails. */
export function always<Case>(runs: number, property: fc.IProperty<Case>): void {
  const details = fc.check(property, { numRuns: runs });
  if (details.failed) throw new Error(fc.defaultReportMessage(details));
}

/** Random policies and requests over small alphabets, so that they meet often. */

const ISSUERS = ['oidc.eks.eu-west-1.amazonaws.com/id/A', 'oidc.eks.eu-west-1.amazonaws.com/id/B'];
const PROVIDERS = ISSUERS.map((issuer) => `arn:aws:iam::111122223333:oidc-provider/${issuer}`);
const KEYS = [
  ...ISSUERS.flatMap((issuer) => [`${issuer}:sub`, `${issuer}:AUD`]),
  'aws:SourceArn',
  'aws:RequestTag/t',
];
const ROLE = 'arn:aws:iam::111122223333:role/a';

/** A variable of the policy language. */
export function variable(inner: string): string {
  return ['$', '{', inner, '}'].join('');
}

/** Values for both sides of a condition, some of every kind that an operator reads. */
export const TEXTS: readonly string[] = [
  'a',
  'ab',
  'A',
  'a:b',
  '*',
  'a*',
  '*b',
  'a?',
  '?',
  '',
  'a*b*',
  variable('aws:username'),
  variable("aws:username, 'a'"),
  variable('*'),
  '1',
  '-2.5',
  'true',
  'FALSE',
  '2026-01-01T00:00:00Z',
  '1767225600',
  '10.0.0.0/8',
  '10.1.2.3',
  'QQ==',
  ROLE,
  'arn:aws:iam::*:role/?',
];

/** Condition operators as written, with and without set qualifier and IfExists. */
export const operators: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom(...OPERATOR_NAMES),
    fc.boolean(),
  )
  .map(([set, name, ifExists]) => `${set}${name}${ifExists && name !== 'Null' ? 'IfExists' : ''}`);

const values = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }),
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }),
);

const conditions = fc.dictionary(operators, fc.dictionary(fc.constantFrom(...KEYS), values, { maxKeys: 2 }), {
  maxKeys: 2,
});

const principals = fc.oneof(
  fc.constant('*'),
  fc.record(
    {
      AWS: fc.constantFrom(
        '*',
        '111122223333',
        ROLE,
        'AROAEXAMPLEEXAMPLE123',
        'arn:aws:sts::111122223333:assumed-role/a/s',
      ),
      Federated: fc.constantFrom('*', ...PROVIDERS, PROVIDERS),
      Service: fc.constantFrom('pods.eks.amazonaws.com', 'ec2.amazonaws.com'),
    },
    { requiredKeys: [] },
  ),
);

const actions = fc.constantFrom(
  '*',
  'sts:*',
  'sts:AssumeRole',
  'STS:assumerolewithwebidentity',
  'sts:AssumeRole*',
  'sts:TagSession',
);

/** A statement of a trust policy, as JSON. */
const statements: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    principal: principals.filter((one) => one === '*' || Object.keys(one).length > 0),
    notPrincipal: fc.boolean(),
    action: fc.oneof(actions, fc.array(actions, { minLength: 1, maxLength: 2 })),
    notAction: fc.boolean(),
    condition: conditions,
  })
  .map(({ effect, principal, notPrincipal, action, notAction, condition }) => ({
    Effect: effect,
    [notPrincipal ? 'NotPrincipal' : 'Principal']: principal,
    [notAction ? 'NotAction' : 'Action']: action,
    Condition: condition,
  }));

/** A trust policy that IAM stores, as text. */
export const trustPolicies: fc.Arbitrary<string> = fc
  .record({
    version: fc.constantFrom('2012-10-17', '2008-10-17'),
    list: fc.array(statements, { minLength: 1, maxLength: 4 }),
  })
  .map(({ version, list }) => JSON.stringify({ Version: version, Statement: list }));

const CALLERS: readonly Caller[] = [
  ...PROVIDERS.map((provider): Caller => ({ kind: 'federated', provider })),
  { kind: 'service', service: 'pods.eks.amazonaws.com' },
  { kind: 'aws', arn: ROLE, account: '111122223333' },
  {
    kind: 'aws',
    arn: ROLE,
    account: '111122223333',
    sessionArn: 'arn:aws:sts::111122223333:assumed-role/a/s',
  },
  { kind: 'aws', arn: 'arn:aws:iam::999999999999:user/b', account: '999999999999' },
];

/** A value of a condition key; `certain` ones leave nothing open. */
export const certainValues: fc.Arbitrary<ContextValue> = fc.oneof(
  fc.constant<ContextValue>('absent'),
  fc.constantFrom(...TEXTS).map((text): ContextValue => [text]),
  fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }),
);

const anyValues: fc.Arbitrary<ContextValue> = fc.oneof(
  { weight: 3, arbitrary: certainValues },
  { weight: 1, arbitrary: fc.constantFrom<ContextValue>('unknown', 'present') },
);

/** What a request holds under its keys. */
export type Values = ReadonlyMap<string, ContextValue>;

function contexts(value: fc.Arbitrary<ContextValue>): fc.Arbitrary<Values> {
  const keys = [...KEYS, 'aws:username'].map((key) => key.toLowerCase());
  return fc
    .tuple(...keys.map((key) => value.map((one) => [key, one] as const)))
    .map((entries) => new Map(entries));
}

/** A request with its values beside it, so that a test can change them. */
export interface RandomRequest {
  readonly caller: Caller;
  readonly action: string;
  readonly values: Values;
}

function requestsOf(value: fc.Arbitrary<ContextValue>): fc.Arbitrary<RandomRequest> {
  return fc.record({
    caller: fc.constantFrom(...CALLERS),
    action: fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:TagSession'),
    values: contexts(value),
  });
}

/** Requests, some of whose values are unknown. */
export const requests: fc.Arbitrary<RandomRequest> = requestsOf(anyValues);

/** Requests whose values are all known. */
export const certainRequests: fc.Arbitrary<RandomRequest> = requestsOf(certainValues);

/** The request itself. */
export function requestFrom({ caller, action, values }: RandomRequest): Request {
  return { caller, action, context: (key) => values.get(key) ?? 'absent' };
}
