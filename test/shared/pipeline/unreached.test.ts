import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Account, Snapshot } from '../../../shared/estate/snapshot.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { doubtsAbout, isKept, unreached } from '../../../shared/pipeline/unreached.ts';
import {
  ACCOUNT,
  association,
  cluster,
  estateOf,
  provider,
  REGION,
} from '../../../shared/rules/examples/estate.ts';
import { findingOf } from '../../support/findings.ts';

const OTHER = '444455556666';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/checkout`;

/** Something of the role `checkout` of the account, in the cluster `shop`. */
const kept = (more: Partial<Finding> = {}): Finding => ({
  ...findingOf({ rule: 'no-malformed-subject', role: ROLE }),
  kind: 'broken',
  region: REGION,
  cluster: 'shop',
  evidence: {},
  ...more,
});

const other = (more: Partial<Account> = {}): Account => ({
  id: OTHER,
  partition: 'aws',
  roles: [],
  policies: [],
  oidcProviders: [],
  regions: [{ name: REGION, clusters: [] }],
  ...more,
});

const gap = (read: string, more: object = {}) => ({
  account: ACCOUNT,
  read,
  reason: 'AccessDenied',
  ...more,
});
const without = (snapshot: Snapshot, part: 'roles' | 'oidcProviders' | 'regions'): Snapshot => ({
  ...snapshot,
  accounts: snapshot.accounts.map(({ [part]: _, ...account }) => account),
});

describe('silence about a finding says that it is gone', () => {
  it.each<[string, Snapshot, Finding]>([
    ['when everything was read', estateOf(), kept()],
    ['when its cluster is gone', estateOf({ clusters: [] }), kept()],
    ['when the region of its cluster is not enabled any more', estateOf(), kept({ region: 'eu-north-1' })],
    [
      'when clusters of another region were not read',
      estateOf({ coverage: [gap('eks:ListClusters', { region: 'us-east-1' })] }),
      kept(),
    ],
    [
      'when another cluster was not described',
      estateOf({
        clusters: [cluster(), { name: 'x', arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/x` }],
      }),
      kept(),
    ],
    [
      'when the account of its cluster was read, and the cluster is not there',
      estateOf({ otherAccounts: [other()] }),
      kept({ clusterAccount: OTHER, cluster: 'gone' }),
    ],
    [
      'when it is about what podtrust cannot see: its rule says so itself',
      without(estateOf(), 'oidcProviders'),
      kept({ kind: 'blind' }),
    ],
    [
      'when the roles that let its ServiceAccount in were read',
      estateOf({ otherAccounts: [other()] }),
      kept({ rule: 'use-role-annotation', evidence: { roles: [`arn:aws:iam::${OTHER}:role/checkout`] } }),
    ],
    [
      'when the account of the role that its ServiceAccount got has left the organization',
      { ...estateOf(), organization: { complete: true, accounts: [ACCOUNT] } },
      kept({ rule: 'no-undeclared-binding', role: `arn:aws:iam::${OTHER}:role/checkout` }),
    ],
    [
      'when the clusters of an account that it rests on were read',
      estateOf({ otherAccounts: [other()] }),
      kept({ rule: 'use-external-id', evidence: { accounts: [OTHER] } }),
    ],
  ])('%s', (_, snapshot, open) => {
    expect(unreached([open], buildEstate(snapshot))).toEqual([]);
  });
});

describe('silence about a finding says nothing', () => {
  it.each<[string, Snapshot, Finding]>([
    [
      'when the account of a role was not read that let its ServiceAccount in',
      estateOf(),
      kept({ rule: 'use-role-annotation', evidence: { roles: [`arn:aws:iam::${OTHER}:role/checkout`] } }),
    ],
    [
      'when the roles of that account were not read',
      estateOf({ otherAccounts: [{ id: OTHER, partition: 'aws', regions: [] }] }),
      kept({ rule: 'use-role-annotation', evidence: { roles: [`arn:aws:iam::${OTHER}:role/checkout`] } }),
    ],
    [
      'when the account of the role that its ServiceAccount got is one of the organization, and was not read',
      { ...estateOf(), organization: { complete: true, accounts: [ACCOUNT, OTHER] } },
      kept({ rule: 'no-undeclared-binding', role: `arn:aws:iam::${OTHER}:role/checkout` }),
    ],
    ['when the roles of its account were not read', without(estateOf(), 'roles'), kept()],
    ['when the providers of its account were not read', without(estateOf(), 'oidcProviders'), kept()],
    [
      'when a provider was listed and not described',
      estateOf({ oidcProviders: [{ arn: provider().arn }] }),
      kept(),
    ],
    ['when the regions of its account were not read', without(estateOf(), 'regions'), kept()],
    [
      'when the clusters of its region were not listed',
      estateOf({ clusters: [], coverage: [gap('eks:ListClusters', { region: REGION })] }),
      kept(),
    ],
    [
      'when its cluster was not described',
      estateOf({
        clusters: [{ name: 'shop', arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop` }],
        coverage: [gap('eks:DescribeCluster', { region: REGION, cluster: 'shop' })],
      }),
      kept(),
    ],
    ['when the account of its cluster was not read', estateOf(), kept({ clusterAccount: OTHER })],
    [
      'when an account that it rests on was not read',
      estateOf(),
      kept({ rule: 'no-cross-cluster-subject', evidence: { clusterAccounts: [ACCOUNT, OTHER] } }),
    ],
    [
      'when associations of an account that it rests on were not read',
      estateOf({
        otherAccounts: [
          other({
            regions: [
              {
                name: REGION,
                clusters: [
                  (({ podIdentityAssociations: _, ...rest }) => rest)(
                    cluster({ podIdentityAssociations: [association()] }),
                  ),
                ],
              },
            ],
          }),
        ],
      }),
      kept({ rule: 'use-external-id', evidence: { accounts: [OTHER] } }),
    ],
  ])('%s', (_, snapshot, open) => {
    const left = unreached([open], buildEstate(snapshot));
    expect(left).toEqual([open]);
    expect(doubtsAbout(left)).toEqual([
      { rule: open.rule, where: { account: ACCOUNT, region: REGION, cluster: 'shop', role: open.role } },
    ]);
  });
});

describe('a finding that is seen without its cluster', () => {
  const { cluster: _, region: __, ...seen } = kept({ evidence: { issuer: 'oidc.example.com' } });
  const known = kept({ evidence: { issuer: 'oidc.example.com' } });

  it('is the one that is kept', () => expect(isKept(seen, [known])).toBe(true));

  it.each<[string, Finding]>([
    ['of another rule', { ...seen, rule: 'no-wildcard-subject' }],
    ['of another role', { ...seen, role: `${ROLE}-2` }],
    ['of another issuer', { ...seen, evidence: { issuer: 'oidc.example.org' } }],
    ['in a cluster', { ...seen, cluster: 'shop-2', region: REGION }],
  ])('is another one %s', (_name, found) => expect(isKept(found, [known])).toBe(false));
});
