import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../../shared/config/config.ts';
import type { Account, Cluster, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import { judgeWith } from '../../../../shared/pipeline/scan/judge-with.ts';
import { isAnsweredAsBefore, keepAsked } from '../../../../shared/pipeline/scan/kept-asked.ts';
import { scanIndex } from '../../../../shared/pipeline/scan/scan-index.ts';
import { irsaStatement, role, trustPolicy } from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { memoryClaims } from '../../../../simulator/pipeline/memory-claims.ts';
import { accountWith } from '../../../support/account.ts';
import { judgedInScan, type ScannedOrganization, scanned } from '../../../support/in-scan.ts';

const A = '111111111111';
const B = '222222222222';
const C = '333333333333';
const SCAN = '2026-11-22T00-00-00Z-x';
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const issuerOf = (id: string): string =>
  `oidc.eks.eu-west-1.amazonaws.com/id/${id.padEnd(32, '0A1B2C3D4E5F')}`;
const [OWN, OTHER] = [issuerOf('ABCD'), issuerOf('CAFE')];
const ROLE = `arn:aws:iam::${B}:role/checkout`;

const named = (id: string, name: string, issuer: string, cluster: Cluster): Pick<Account, 'regions'> => ({
  regions: [
    {
      name: 'eu-west-1',
      clusters: [
        { ...cluster, name, arn: `arn:aws:eks:eu-west-1:${id}:cluster/${name}`, issuer: `https://${issuer}` },
      ],
    },
  ],
});

/** Pods of A ask for a role in B, whose trust names the issuer of a cluster in C: A is tied to B alone. */
function chained(...more: Account[]): Snapshot {
  const shop = clusterWith({
    serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': ROLE } })],
    pods: [podGroup({ containers: [container({})] })],
  });
  const trust = JSON.stringify(irsaStatement()).replaceAll(
    /oidc\.eks\.[\w-]+\.amazonaws\.com\/id\/\w+/g,
    OTHER,
  );
  const provider = {
    arn: `arn:aws:iam::${B}:oidc-provider/${OTHER}`,
    url: OTHER,
    clientIds: ['sts.amazonaws.com'],
  };
  return canonicalSnapshot({
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: true, accounts: [A, B, C, ...more.map(({ id }) => id)] },
    accounts: [
      accountWith(A, named(A, 'shop', OWN, shop)),
      accountWith(B, {
        roles: [role({ arn: ROLE, trustPolicy: trustPolicy(JSON.parse(trust)) })],
        oidcProviders: [provider],
      }),
      accountWith(C, named(C, 'other', OTHER, clusterWith({}))),
      ...more,
    ],
    coverage: [],
  });
}

describe('an account of a scan', () => {
  it('is judged with accounts that matter only to those beside it', async () => {
    const judged = await judgedInScan(chained(), defaultConfig);
    expect(judged.get(A)?.further).toEqual([C]);
    expect([...(judged.get(A)?.estate.accounts.keys() ?? [])]).toEqual([A, B, C]);
    expect(judged.get(C)?.further).toEqual([]);
  });

  it('for which there is no room has a gap for what it is judged without, and calls nothing foreign', async () => {
    const part = (await judgedInScan(chained(), defaultConfig, { most: 1 })).get(A);
    expect(part?.further).toEqual([]);
    expect(part?.estate.snapshot.coverage).toContainEqual({
      account: C,
      read: 'podtrust:collect',
      reason: 'an account is judged with 1 others at most',
    });
    expect(part?.estate.seesEveryCluster()).toBe(false);
    expect((await judgedInScan(chained(), defaultConfig)).get(A)?.estate.seesEveryCluster()).toBe(true);
  });

  it('is judged with the accounts of roles that its open findings are about', async () => {
    const judged = await judgedInScan(chained(accountWith('444444444444')), defaultConfig, {
      about: ['444444444444', '555555555555'],
    });
    expect(judged.get(A)?.further).toEqual([C, '444444444444']);
    expect(judged.get(A)?.asked.accounts).toEqual(expect.arrayContaining(['444444444444', '555555555555']));
  });

  it('takes a policy of AWS from an account that read it, and nothing else of it', async () => {
    const arn = 'arn:aws:iam::aws:policy/PolicyOfTomorrow';
    const open = role({
      arn: `arn:aws:iam::${A}:role/open`,
      trustPolicy: trustPolicy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }),
      attachedPolicies: [arn],
    });
    const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    const snapshot = canonicalSnapshot({
      schemaVersion: 1,
      takenAt: '2026-11-22T00:00:00Z',
      organization: { complete: true },
      accounts: [accountWith(A, { roles: [open] }), accountWith(B, { policies: [{ arn, document }] })],
      coverage: [],
    });
    const part = (await judgedInScan(snapshot, defaultConfig)).get(A);
    expect(
      part?.judgement.failures.find(({ rule: { name } }) => name === 'no-public-trust')?.evidence,
    ).toMatchObject({
      privileges: 'admin',
    });
    expect([...(part?.estate.accounts.keys() ?? [])]).toEqual([A]);
    expect(part?.further).toEqual([B]);
  });
});

describe('an account that was judged with others than those beside it', () => {
  let before: ScannedOrganization;
  beforeAll(async () => {
    before = await scanned(chained(), defaultConfig);
  });

  /** Judges A, changes what the next scan has, and asks whether A counts as answered. */
  async function answered(change: (next: ScannedOrganization) => ScannedOrganization, lost = false) {
    const claims = memoryClaims();
    const joined = before.joined.find((one) => one.account === A);
    if (joined === undefined) throw new Error('A was not joined');
    const portsOf = ({ listed, whole, index, read }: ScannedOrganization) => ({
      listed,
      whole,
      read,
      index: async () => scanIndex(index),
      claims,
      hash,
    });
    const ports = { ...portsOf(before), config: defaultConfig, now: '2026-11-22T00:00:00Z' };
    const part = await judgeWith(joined, { ...ports, observed: async (one) => one });
    const key = await keepAsked(SCAN, joined, part, ports);
    expect(key).toBeDefined();
    return isAnsweredAsBefore(lost ? `${key}-gone` : key, joined, portsOf(change(before)));
  }

  const indexed = (
    next: ScannedOrganization,
    change: (one: ScannedOrganization['index']['accounts'][number]) => object,
  ) => ({
    ...next,
    index: { ...next.index, accounts: next.index.accounts.map((one) => ({ ...one, ...change(one) })) },
  });

  it.each<[string, (next: ScannedOrganization) => ScannedOrganization, boolean]>([
    ['nothing has changed', (next) => next, true],
    [
      'an account has changed that was not asked for',
      (next) => ({
        ...next,
        index: {
          ...next.index,
          accounts: [
            ...next.index.accounts,
            { account: '999999999999', key: 'k', digest: 'd', clusters: [], pods: [] },
          ],
        },
      }),
      true,
    ],
    [
      'one of them has changed',
      (next) => indexed(next, ({ account: id }) => (id === C ? { digest: 'other' } : {})),
      false,
    ],
    [
      'one of them was not read',
      (next) => ({
        ...next,
        whole: { ...next.whole, unread: [{ account: C, reason: 'AccessDenied' }] },
      }),
      false,
    ],
    [
      'another account gives the role to its pods now',
      (next) =>
        indexed(next, ({ account: id }) => (id === C ? { pods: [`${B}/checkout`], digest: 'other' } : {})),
      false,
    ],
  ])('where %s: %#', async (_what, change, expected) => {
    expect(await answered(change)).toBe(expected);
  });

  it('is judged anew where nobody knows any more what was asked', async () => {
    expect(await answered((next) => next, true)).toBe(false);
  });
});
