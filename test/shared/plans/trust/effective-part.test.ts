import { describe, expect, it } from 'vitest';
import { admitsAll } from '../../../../shared/changes/trust/prove.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { AccountView } from '../../../../shared/estate/estate.ts';
import type { OidcProvider } from '../../../../shared/estate/snapshot.ts';
import { compile } from '../../../../shared/iam/compile.ts';
import { decide } from '../../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { webIdentityRequest } from '../../../../shared/iam/requests.ts';
import { effectivePart } from '../../../../shared/plans/trust/effective-part.ts';
import {
  ACCOUNT,
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  provider,
  ROLE_ARN,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';

const CHECKOUT = 'system:serviceaccount:shop:checkout';
const GITHUB = 'token.actions.githubusercontent.com';
const after = trustPolicy(irsaStatement());

type Values = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;
const asking = (Condition: Conditions) => trustPolicy(irsaStatement({ Condition }));
const sub = (value: Values, operator = 'StringEquals', audience: Values = 'sts.amazonaws.com') =>
  asking({
    [operator]: { [`${ISSUER}:sub`]: value },
    ...(operator === 'StringEquals'
      ? { StringEquals: { [`${ISSUER}:sub`]: value, [`${ISSUER}:aud`]: audience } }
      : { StringEquals: { [`${ISSUER}:aud`]: audience } }),
  });
const aud = (value: Values, operator = 'StringEquals') =>
  asking({
    StringEquals: {
      [`${ISSUER}:sub`]: CHECKOUT,
      ...(operator === 'StringEquals' && { [`${ISSUER}:aud`]: value }),
    },
    ...(operator !== 'StringEquals' && { [operator]: { [`${ISSUER}:aud`]: value } }),
  });

function accountWith(clientIds: readonly string[] | undefined, ...others: OidcProvider[]): AccountView {
  const { clientIds: _, ...rest } = provider();
  const one = clientIds === undefined ? rest : { ...rest, clientIds: [...clientIds] };
  const account = buildEstate(estateOf({ oidcProviders: [one, ...others] })).accounts.get(ACCOUNT);
  if (account === undefined) throw new Error('unreachable');
  return account;
}
const usual = accountWith(['sts.amazonaws.com']);

/** Whether a policy for shop/checkout alone takes access away from somebody who could come in by another. */
const removes = (before: string, account = usual) => !admitsAll(after, effectivePart(before, account));

describe('nobody loses access', () => {
  it.each<[string, string]>([
    ['a slash between namespace and name', sub('system:serviceaccount:shop/checkout')],
    ['a wildcard that is taken literally', sub('system:serviceaccount:shop:*')],
    ['a lone star that is taken literally', sub('*')],
    ['the name of a group', sub('system:serviceaccounts:shop')],
    ['upper case, which no name has', sub('system:serviceaccount:Shop:checkout')],
    ['a namespace that is too long', sub(`system:serviceaccount:${'n'.repeat(64)}:checkout`)],
    ['a pattern with a slash in it', sub('system:serviceaccount:shop/*', 'StringLike')],
    ['a pattern with upper case in it', sub('system:serviceaccount:Shop:*', 'StringLike')],
    ['a pattern of groups', sub('system:serviceaccounts:*', 'StringLike')],
    [
      'no ServiceAccount, in any case of letters',
      sub('SYSTEM:serviceaccount:shop', 'StringEqualsIgnoreCase'),
    ],
    ['an audience that the provider does not list', aud('sts.amazon.com')],
    ['a pattern that fits no audience of the provider', aud('vault*', 'StringLike')],
    ['such values beside one that stays', sub([CHECKOUT, 'system:serviceaccount:shop/checkout'])],
    ['such audiences beside one that stays', aud(['sts.amazonaws.com', 'sts.amazon.com'])],
  ])('by %s', (_, before) => {
    expect(removes(before)).toBe(false);
  });
});

describe('somebody may lose access', () => {
  const custom = accountWith(['sts.amazonaws.com', 'vault']);

  it.each<[string, string, AccountView?]>([
    ['another name', sub('system:serviceaccount:shop:chekout')],
    ['a pattern of all ServiceAccounts', sub('*', 'StringLike')],
    ['a pattern whose end is open', sub('system:serviceaccount:shop*', 'StringLike')],
    ['a pattern that only looks odd', sub('system:serviceaccount:shop?checkout', 'StringLike')],
    ['a pattern of one namespace', sub('system:serviceaccount:shop:*', 'StringLike')],
    ['names in any case of letters', sub('system:serviceaccount:SHOP:x', 'StringEqualsIgnoreCase')],
    ['a name with a dot', sub('system:serviceaccount:shop:a.b')],
    ['one that could exist beside those that could not', sub(['*', 'system:serviceaccount:evil:x'])],
    [
      'a variable',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM.
      sub('system:serviceaccount:${aws:username}/x'),
    ],
    ['an audience that the provider lists', aud('vault'), custom],
    ['a pattern that fits an audience of the provider', aud('v*', 'StringLike'), custom],
    ['an audience of a provider whose list was not read', aud('sts.amazon.com'), accountWith(undefined)],
    [
      'the audience of STS, which the provider lacks today',
      sub('system:serviceaccount:a:b'),
      accountWith(['x']),
    ],
    [
      'an operator that holds without the claim',
      asking({ StringEqualsIfExists: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop/checkout' } }),
    ],
    [
      'a negated operator',
      asking({ StringNotEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop/checkout' } }),
    ],
    [
      'a statement that others come in by as well',
      trustPolicy(
        irsaStatement({
          Principal: { Federated: PROVIDER, AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'],
          Condition: { StringLike: { 'aws:PrincipalArn': '*' } },
        }),
      ),
    ],
    [
      'an issuer that is none of EKS, whose subjects have other forms',
      trustPolicy({
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${GITHUB}:sub`]: 'repo:o/r:ref:refs/heads/main' },
        },
      }),
      accountWith(['sts.amazonaws.com'], {
        arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`,
        url: GITHUB,
        clientIds: ['sts.amazonaws.com'],
      }),
    ],
  ])('by %s', (_, before, account) => {
    expect(removes(before, account)).toBe(true);
  });

  it('by anything where the list of providers was not read', () => {
    const base = estateOf({});
    const blind = {
      ...base,
      accounts: base.accounts.map(({ oidcProviders: _, ...account }) => account),
      coverage: [{ read: 'iam:ListOpenIDConnectProviders', account: ACCOUNT, reason: 'AccessDenied' }],
    };
    const account = buildEstate(blind).accounts.get(ACCOUNT);
    expect(removes(sub('system:serviceaccount:shop/checkout'), account)).toBe(true);
  });
});

it('what is left admits every token that the whole policy admits, of those that STS takes', () => {
  const patterns = [
    '*',
    'system:*',
    'system:serviceaccount:shop*',
    '*:checkout',
    'system:serviceaccount:?:?',
  ];
  const exact = [CHECKOUT, 'system:serviceaccount:a:b', 'system:serviceaccount:shop/checkout', '*', 'x'];
  const policies = [
    ...patterns.flatMap((one) => exact.map((other) => sub([one, other], 'StringLike'))),
    ...exact.flatMap((one) => exact.map((other) => sub([one, other]))),
    ...['sts.amazonaws.com', 'vault', 'v*', '*'].map((one) => aud([one, 'foo'], 'StringLike')),
  ];
  const account = accountWith(['sts.amazonaws.com', 'vault']);
  const subjects = [CHECKOUT, 'system:serviceaccount:a:b', 'system:serviceaccount:shop2:x'];
  let admitted = 0;
  for (const text of policies)
    for (const subject of subjects)
      for (const audience of ['sts.amazonaws.com', 'vault']) {
        const request = webIdentityRequest({
          provider: PROVIDER,
          issuerKey: ISSUER,
          subject,
          audience,
          roleArn: ROLE_ARN,
        });
        const [whole, part] = [text, effectivePart(text, account)].map((one) => {
          const { policy } = parsePolicy(one, 'trust');
          if (policy === null) throw new Error(one);
          return decide(compile(policy), request);
        });
        expect(part, `${text} ${subject} ${audience}`).toBe(whole);
        if (whole === 'allowed') admitted += 1;
      }
  expect(admitted).toBeGreaterThan(50);
});
