import { describe, expect, test } from 'vitest';
import type { AccountAbstract, CollectedAccount } from '../../../../shared/pipeline/scan/abstract.ts';
import { type Joined, type JoinedAccount, join, MOST_BESIDE } from '../../../../shared/pipeline/scan/join.ts';

const A = '111111111111';
const B = '222222222222';
const C = '333333333333';
const D = '444444444444';
const ID = 'ABCDEF0123456789ABCDEF0123456789'.toLowerCase();

function abstract(account: string, more: Partial<AccountAbstract> = {}): AccountAbstract {
  return {
    account,
    key: `snapshots/${account}`,
    takenAt: '2026-11-29T12:00:00.000Z',
    digest: `digest of ${account}`,
    gaps: 0,
    roles: 0,
    showsClusters: true,
    isWhole: true,
    heedsTrusts: false,
    clusters: [],
    trusts: [],
    pods: [],
    entries: [],
    trusting: [],
    named: [],
    policies: [],
    ...more,
  };
}

async function joined(
  all: readonly CollectedAccount[],
  accounts: readonly string[] = all.map(({ account }) => account),
): Promise<{ result: Joined; beside: Readonly<Record<string, readonly string[]>>; kept: JoinedAccount[] }> {
  const kept: JoinedAccount[] = [];
  const result = await join({
    accounts,
    collected: async (account) => all.find((one) => one.account === account) ?? null,
    keep: async (one) => void kept.push(one),
    keepIndex: async () => {},
    concurrency: 2,
  });
  const beside = Object.fromEntries(
    kept.map((one) => [one.account, one.beside.map(({ account }) => account)]),
  );
  return { result, beside, kept };
}

const owner = abstract(B, { clusters: [{ name: 'prod', issuer: ID }] });

describe('who is judged with whom', () => {
  test.each<[string, readonly AccountAbstract[], Readonly<Record<string, readonly string[]>>]>([
    [
      'whoever trusts the issuer of another account’s cluster is judged with that account, and not the other way round',
      [abstract(A, { trusts: [{ issuer: ID, names: [] }] }), owner],
      { [A]: [B], [B]: [] },
    ],
    [
      'the account whose pods get a role and the account of the role are judged with each other',
      [abstract(A, { pods: [`${B}/orders`] }), abstract(B)],
      { [A]: [B], [B]: [A] },
    ],
    [
      'a cluster is judged with the account of whom it lets in, and whoever gives that role to pods',
      [abstract(A, { entries: [`${B}/admin`] }), abstract(B), abstract(C, { pods: [`${B}/admin`] })],
      { [A]: [B, C], [B]: [C], [C]: [B] },
    ],
    [
      'a role that trusts whole accounts is judged with them only when pods get it',
      [
        abstract(A, {
          trusting: [
            { role: 'orders', accounts: [C] },
            { role: 'audit', accounts: [D] },
          ],
        }),
        abstract(B, { pods: [`${A}/orders`] }),
        abstract(C),
        abstract(D),
      ],
      { [A]: [B, C], [B]: [A], [C]: [], [D]: [] },
    ],
    [
      'a role that trusts an issuer nobody has is judged with the account of the cluster that it is named after',
      [
        abstract(A, { trusts: [{ issuer: 'gone', names: ['shop-prod-orders'] }] }),
        abstract(B, { clusters: [{ name: 'Shop_prod', issuer: ID }] }),
      ],
      { [A]: [B], [B]: [] },
    ],
    ...[
      ['a digit is wrong', `${ID.slice(0, 5)}9${ID.slice(6)}`],
      ['six digits are wrong', `${ID.slice(0, 10)}000000${ID.slice(16)}`],
      ['the first digit is missing', ID.slice(1)],
      ['there is a digit too many', `${ID.slice(0, 7)}7${ID.slice(7)}`],
      ['the end is cut off', ID.slice(0, 12)],
    ].map(([what, issuer = '']): [string, AccountAbstract[], Record<string, string[]>] => [
      `a role that trusts a mistyped issuer is judged with the account of the cluster that is meant: ${what}`,
      [
        abstract(A, { trusts: [{ issuer, names: [] }] }),
        abstract(B, { clusters: [{ name: 'prod', issuer: ID }] }),
        abstract(C, { clusters: [{ name: 'prod', issuer: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' }] }),
      ],
      { [A]: [B], [B]: [], [C]: [] },
    ]),
    [
      'a name that every account has says nothing',
      [
        abstract(A, { trusts: [{ issuer: 'gone', names: ['prod-orders'] }] }),
        ...[1, 2, 3, 4].map((digit) =>
          abstract(`55555555555${digit}`, { clusters: [{ name: 'prod', issuer: `${digit}` }] }),
        ),
      ],
      {
        [A]: [],
        '555555555551': [],
        '555555555552': [],
        '555555555553': [],
        '555555555554': [],
      },
    ],
    [
      'an account of whose clusters ServiceAccounts were read is judged with whoever trusts their issuers',
      [
        abstract(A, { trusts: [{ issuer: ID, names: [] }] }),
        abstract(B, { clusters: [{ name: 'prod', issuer: ID }], heedsTrusts: true }),
      ],
      { [A]: [B], [B]: [A] },
    ],
    [
      'an account outside the organization is none to be judged with',
      [abstract(A, { named: [D], entries: [`${D}/partner`] })],
      { [A]: [] },
    ],
  ])('%s', async (_name, all, expected) => {
    expect((await joined(all)).beside).toEqual(expected);
  });

  test('an account that was not read stands beside with the reason', async () => {
    const { kept } = await joined([
      abstract(A, { pods: [`${B}/orders`] }),
      { account: B, unread: 'AccessDenied' },
    ]);
    expect(kept).toEqual([
      {
        account: A,
        key: `snapshots/${A}`,
        digest: `digest of ${A}`,
        named: [],
        beside: [{ account: B, unread: 'AccessDenied' }],
      },
    ]);
  });

  test('beyond the most that are judged together the others are counted, the nearest ties are kept', async () => {
    const ids = Array.from({ length: MOST_BESIDE + 2 }, (_, index) => String(700_000_000_000 + index));
    const { kept } = await joined([
      abstract(A, { pods: ids.map((id) => `${id}/target`), trusts: [{ issuer: ID, names: [] }] }),
      owner,
      ...ids.map((id) => abstract(id)),
    ]);
    const { beside = [], beyond } = kept.find(({ account }) => account === A) ?? {};
    expect(beside[0]).toEqual({ account: B, key: `snapshots/${B}`, digest: `digest of ${B}` });
    expect(beside.filter((one) => 'key' in one)).toHaveLength(MOST_BESIDE);
    expect(beside.filter((one) => 'unread' in one)).toHaveLength(0);
    expect(beyond).toEqual({ count: 3, account: ids[MOST_BESIDE - 1] });
  });

  test('however many accounts hang on one, its item fits into the input of an execution', async () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => String(700_000_000_000 + index));
    const { kept } = await joined([
      abstract(A, { named: ids.slice(0, 2_500) }),
      ...ids.map(
        (id, index): CollectedAccount =>
          index % 2 === 0
            ? abstract(id, { pods: [`${A}/target`], key: `snapshots/${id}/${'x'.repeat(80)}` })
            : { account: id, unread: 'AccessDenied '.repeat(100) },
      ),
    ]);
    const item = kept.find(({ account }) => account === A);
    expect(item?.beyond?.count).toBe(1_500 + 1_250 - 2 * MOST_BESIDE);
    // States take 256 KiB (Step Functions developer guide, quotas).
    expect(JSON.stringify(item).length).toBeLessThan(128 * 1024);
  });
});

describe('what is known of the organization', () => {
  test.each<[string, readonly CollectedAccount[], readonly string[], Partial<Joined>]>([
    [
      'every account was read and shows its clusters',
      [abstract(A), owner],
      [A, B],
      { read: 2, unread: [], hiding: [] },
    ],
    [
      'one account hides clusters',
      [abstract(A, { showsClusters: false }), owner],
      [A, B],
      { read: 2, hiding: [A] },
    ],
    [
      'one account has more ties than are kept',
      [abstract(A, { isWhole: false }), owner],
      [A, B],
      { read: 2, hiding: [A] },
    ],
    [
      'one account was not read',
      [{ account: A, unread: 'AccessDenied' }, owner],
      [A, B],
      { read: 1, unread: [{ account: A, reason: 'AccessDenied' }] },
    ],
    [
      'the collection of one account left nothing',
      [owner],
      [A, B],
      {
        unread: [{ account: A, reason: 'its collection ended without leaving anything' }],
      },
    ],
  ])('%s', async (_name, all, accounts: readonly string[], expected) => {
    expect((await joined(all, accounts)).result).toMatchObject(expected);
  });

  test('a failure of the reader ends the join', async () => {
    const failing = join({
      accounts: [A, B, C],
      collected: async () => {
        throw new Error('the bucket is gone');
      },
      keep: async () => {},
      keepIndex: async () => {},
    });
    await expect(failing).rejects.toThrow('the bucket is gone');
  });
});
