import fc from 'fast-check';
import type { Policy } from '../../../shared/iam/policy.ts';
import type { Request } from '../../../shared/iam/request.ts';
import { assumeRoleRequests, podIdentityRequests, webIdentityRequest } from '../../../shared/iam/requests.ts';
import { ACCOUNT, ISSUER, OTHER_ISSUER, provider, trust } from './trust.ts';

/** Random trust policies over few letters, so that patterns meet, and random calls that they can decide. */
const letters = fc.constantFrom('a', 'b', ':', 'A');
const text = fc.array(letters, { maxLength: 4 }).map((parts) => parts.join(''));
const pattern = fc
  .array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 4 })
  .map((parts) => parts.join(''));
const values = fc.array(pattern, { minLength: 1, maxLength: 3 });

const operator = fc
  .tuple(
    fc.constantFrom('', '', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom(
      'StringEquals',
      'StringLike',
      'StringNotEquals',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
    ),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map((parts) => parts.join(''));

const key = fc.constantFrom(
  `${ISSUER}:sub`,
  `${ISSUER}:sub`,
  `${ISSUER}:aud`,
  `${OTHER_ISSUER}:sub`,
  'aws:RequestTag/kubernetes-namespace',
  'sts:ExternalId',
  'aws:SourceVpc',
);

const condition = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(operator, key, values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('Null'), key, fc.constantFrom(['true'], ['false'])) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('IpAddress', 'NotIpAddress'),
      fc.constant('aws:SourceIp'),
      fc.constantFrom(['10.0.0.0/8'], ['10.0.0.0/9', '192.0.2.1']),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('ArnLike', 'ArnNotEquals'),
      fc.constant('aws:SourceArn'),
      fc.constantFrom([CLUSTER('a')], [CLUSTER('*')]),
    ),
  },
);

function CLUSTER(name: string): string {
  return `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/${name}`;
}

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const principal = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom<unknown>(
      { Federated: provider() },
      { Federated: [provider(), provider(OTHER_ISSUER)] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      '*',
      { AWS: ACCOUNT },
      { AWS: [role('a'), role('b')] },
      { Service: 'pods.eks.amazonaws.com' },
      { AWS: role('a'), Federated: '*' },
    ),
  },
);

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: principal,
    Action: fc.constantFrom<unknown>(
      'sts:*',
      ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'],
      'sts:AssumeRole*',
      'sts:TagSession',
    ),
    conditions: fc.array(condition, { maxLength: 3 }),
  })
  .map(({ conditions, ...rest }) => {
    const Condition: Record<string, Record<string, unknown>> = {};
    for (const [name, on, list] of conditions) Condition[name] = { ...Condition[name], [on]: list };
    return { ...rest, Condition };
  });

export const somePolicy: fc.Arbitrary<Policy> = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((statements) => trust(...statements));

/** Calls as AWS builds them; what the network and the client decide is left open, or given. */
export const someRequest: fc.Arbitrary<Request> = fc.oneof(
  fc
    .record({
      issuer: fc.constantFrom(ISSUER, OTHER_ISSUER),
      subject: text,
      audience: text,
      vpc: fc.option(text),
    })
    .map(({ issuer, subject, audience, vpc }) =>
      decided(webIdentityRequest({ provider: provider(issuer), issuerKey: issuer, subject, audience }), vpc),
    ),
  fc
    .record({ name: fc.constantFrom('a', 'b'), namespace: text, tags: fc.boolean(), vpc: fc.option(text) })
    .map(({ name, namespace, tags, vpc }) => {
      const pod = { clusterArn: CLUSTER(name), account: ACCOUNT, namespace, serviceAccount: 'sa', tags };
      return decided(podIdentityRequests(pod).assume, vpc);
    }),
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c'), externalId: fc.option(text), vpc: fc.option(text) })
    .map(({ name, externalId, vpc }) => {
      const call = {
        principalArn: role(name),
        account: ACCOUNT,
        ...(externalId === null ? {} : { externalId }),
      };
      return decided(assumeRoleRequests(call).assume, vpc);
    }),
);

function decided(request: Request, vpc: string | null): Request {
  const context: Request['context'] = (name) => {
    if (name === 'aws:sourceip') return ['10.200.0.1'];
    if (name === 'aws:sourcevpc') return vpc === null ? 'absent' : [vpc];
    return request.context(name);
  };
  return { ...request, context };
}
