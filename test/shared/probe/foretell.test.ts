import { expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { foretell } from '../../../shared/probe/foretell.ts';
import type { Claims } from '../../../shared/probe/token.ts';
import {
  estateOf,
  ISSUER,
  irsaStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { ISSUER_URL } from '../../support/tokens.ts';

const AT = '2026-11-22T12:00:00Z';
const CLAIMS: Claims = {
  issuer: ISSUER_URL,
  subject: 'system:serviceaccount:shop:checkout',
  audiences: ['sts.amazonaws.com'],
  issued: null,
  notBefore: null,
  expires: null,
  kubernetes: null,
  others: [],
};
const trusted = (condition: object) =>
  role({
    trustPolicy: trustPolicy(
      irsaStatement({
        Condition: {
          StringEquals: { [`${ISSUER}:sub`]: CLAIMS.subject, [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
          ...condition,
        },
      }),
    ),
  });

const controlled = (statement: object) => ({
  organization: {
    id: 'o-a1b2c3d4e5',
    managementAccount: '999999999999',
    controlPolicies: {
      resource: {
        enabled: true,
        policies: [
          {
            id: 'p-perimeter',
            name: 'perimeter',
            document: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*', ...statement }],
            }),
            targets: ['r-ab12'],
          },
        ],
      },
      paths: { '111122223333': 'r-ab12' },
    },
  },
});

it.each<[string, Partial<Parameters<typeof estateOf>[0]>, Partial<Claims>, string, RegExp]>([
  ['a sound set-up', {}, {}, 'accepted', /admits system:serviceaccount:shop:checkout/],
  ['another ServiceAccount', {}, { subject: 'system:serviceaccount:shop:cart' }, 'refused', /cart/],
  [
    'an audience that the provider lacks',
    {},
    { audiences: ['vault'] },
    'refused',
    /provider does not accept/,
  ],
  [
    'an audience that the policy lacks',
    { oidcProviders: [provider({ clientIds: ['vault'] })] },
    { audiences: ['vault'] },
    'refused',
    /vault/,
  ],
  [
    'an issuer without provider',
    {},
    { issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0000' },
    'refused',
    /no IAM OIDC provider/,
  ],
  ['a role that is not there', { roles: [] }, {}, 'refused', /does not exist/],
  [
    'roles that were not read',
    {
      roles: [],
      coverage: [{ account: '111122223333', read: 'iam:GetAccountAuthorizationDetails', reason: 'denied' }],
    },
    {},
    'unknown',
    /missing/,
  ],
  [
    'audiences of the provider unread',
    { oidcProviders: [{ arn: provider().arn, url: ISSUER }] },
    {},
    'unknown',
    /GetOpenIDConnectProvider/,
  ],
  [
    'a condition on the network',
    { roles: [trusted({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })] },
    {},
    'depends',
    /SourceIp/i,
  ],
  [
    'a condition on a time that is over',
    { roles: [trusted({ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } })] },
    {},
    'refused',
    /2026-01-01/,
  ],
  ['a policy that IAM would refuse', { roles: [role({ trustPolicy: '{' })] }, {}, 'unknown', /./],
  [
    'a resource control policy that denies',
    controlled({}),
    {},
    'refused',
    /organization refuses: .*perimeter/,
  ],
  [
    'a resource control policy that asks for the network',
    controlled({ Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    {},
    'depends',
    /perimeter/,
  ],
  [
    'a resource control policy about others',
    controlled({ Condition: { StringEquals: { 'aws:ResourceAccount': '444455556666' } } }),
    {},
    'accepted',
    /admits.*No resource control policy/,
  ],
  ['control policies unread', {}, {}, 'accepted', /admits.*control policies .* not read/],
  ['no subject', {}, { subject: null }, 'refused', /lacks/],
  [
    'two audiences that are answered differently',
    {},
    { audiences: ['sts.amazonaws.com', 'vault'] },
    'unknown',
    /several audiences/,
  ],
])('%s', (_name, parts, claims, outcome, detail) => {
  const estate = buildEstate(estateOf({ roles: [role()], ...parts }));
  expect(foretell({ ...CLAIMS, ...claims }, ROLE_ARN, estate, AT)).toEqual({
    outcome,
    detail: expect.stringMatching(detail),
  });
});
