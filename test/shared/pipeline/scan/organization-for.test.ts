import { describe, expect, it } from 'vitest';
import type { Joined } from '../../../../shared/pipeline/scan/join.ts';
import type { Listed } from '../../../../shared/pipeline/scan/list-accounts.ts';
import { organizationFor } from '../../../../shared/pipeline/scan/organization-for.ts';

const A = '111122223333';
const B = '444455556666';
const C = '777788889999';

const listed: Listed = {
  accounts: [A, B, C],
  leftOut: [],
  clusterless: [],
  complete: true,
  organization: {
    id: 'o-a1b2c3d4e5',
    accounts: [A, B, C],
    controlPolicies: { paths: { [A]: 'r-ab12', [B]: 'r-ab12', [C]: 'r-ab12' } },
  },
  coverage: [],
};
const joined: Joined = { read: 3, unread: [], hiding: [] };

function seesEveryCluster(change: { listed?: Partial<Listed>; joined?: Partial<Joined> } = {}): boolean {
  return organizationFor(
    { account: A, named: [], beside: [] },
    { ...listed, ...change.listed },
    { ...joined, ...change.joined },
  ).seesEveryCluster;
}

describe('an issuer that no cluster has is foreign', () => {
  it('when every account of the organization was read and shows its clusters', () => {
    expect(seesEveryCluster()).toBe(true);
  });

  it.each<[string, Parameters<typeof seesEveryCluster>[0]]>([
    ['an account was not read', { joined: { unread: [{ account: B, reason: 'AccessDenied' }] } }],
    ['another account hides clusters', { joined: { hiding: [B] } }],
    ['the account itself hides clusters', { joined: { hiding: [A] } }],
    ['an account is left out', { listed: { leftOut: [{ account: C, reason: 'the account is suspended' }] } }],
    ['the list of accounts is not complete', { listed: { complete: false } }],
    ['there is no organization', { listed: { organization: null } }],
  ])('and not when %s', (_name, change) => {
    expect(seesEveryCluster(change)).toBe(false);
  });

  it('and not when an account hides clusters that is judged beside it, and whose reading shows no gap', () => {
    const beside = [{ account: B, key: 'k', digest: 'd' }];
    const { seesEveryCluster: sees } = organizationFor({ account: A, named: [], beside }, listed, {
      ...joined,
      hiding: [B],
    });
    expect(sees).toBe(false);
  });

  it('and not when Organizations did not tell everything', () => {
    const coverage = [{ read: 'organizations:ListRoots', reason: 'denied' }];
    expect(seesEveryCluster({ listed: { coverage } })).toBe(false);
  });
});

describe('what an account is told of its organization', () => {
  it('is about itself, those beside it and those that it names, and nobody else', () => {
    const { organization } = organizationFor(
      { account: A, named: [B, '999999999999'], beside: [] },
      listed,
      joined,
    );
    expect(organization?.accounts).toEqual([A, B]);
    expect(organization?.controlPolicies?.paths).toEqual({ [A]: 'r-ab12', [B]: 'r-ab12' });
  });

  it.each<[string, Listed['organization'], string | undefined]>([
    ['with an organization', listed.organization, C],
    ['without an organization', null, C],
  ])('tells %s that there are accounts which nobody read', (_what, organization, account) => {
    const { coverage } = organizationFor(
      { account: A, named: [B], beside: [] },
      { ...listed, organization },
      {
        ...joined,
        unread: [B, C].map((id) => ({ account: id, reason: 'AccessDenied' })),
      },
    );
    expect(coverage).toMatchObject([{ account, read: 'podtrust:collect' }]);
  });

  it('stays the same while others change, so that the account counts as unchanged', () => {
    const one = organizationFor({ account: A, named: [], beside: [] }, listed, joined);
    const more = { ...listed, accounts: [...listed.accounts, '121212121212'] };
    expect(organizationFor({ account: A, named: [], beside: [] }, more, { ...joined, read: 4 })).toEqual(one);
  });
});
