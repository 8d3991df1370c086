import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { connections } from '../../../../shared/audit/parts/connections.ts';
import { judgeBatch } from '../../../../shared/audit/parts/judge-batch.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import type { Account } from '../../../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import { irsaStatement, role, trustPolicy } from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { accountWith } from '../../../support/account.ts';
import { gatheredFrom } from '../../../support/in-parts.ts';

const [A, B, C, D] = ['111111111111', '222222222222', '333333333333', '444444444444'];
const ROLE = `arn:aws:iam::${B}:role/checkout`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Ids that have nothing in common. */
const issuerOf = (name: string): string =>
  `oidc.eks.eu-west-1.amazonaws.com/id/${hash(name).slice(0, 32).toUpperCase()}`;
const DEAD = issuerOf('dead');
const MISTYPED = issuerOf('other').replace(/.$/, (end) => (end === '0' ? '1' : '0'));

/** An account with a cluster whose pods ask for a role, or for none. */
const withPods = (id: string, name: string, issuer: string, roleArn?: string): Account => {
  const annotations = roleArn === undefined ? {} : { 'eks.amazonaws.com/role-arn': roleArn };
  const cluster = clusterWith({
    serviceAccounts: [serviceAccount({ annotations })],
    pods: [podGroup({ containers: [container({})] })],
  });
  const arn = `arn:aws:eks:eu-west-1:${id}:cluster/${name}`;
  return accountWith(id, {
    regions: [{ name: 'eu-west-1', clusters: [{ ...cluster, name, arn, issuer: `https://${issuer}` }] }],
  });
};

/** The role that pods ask for, which trusts an issuer. */
const withRole = (issuer: string): Account => {
  const statement = JSON.parse(
    JSON.stringify(irsaStatement()).replaceAll(/oidc\.eks\.[\w-]+\.amazonaws\.com\/id\/\w+/g, issuer),
  );
  return accountWith(B, {
    roles: [role({ arn: ROLE, trustPolicy: trustPolicy(statement) })],
    oidcProviders: [
      { arn: `arn:aws:iam::${B}:oidc-provider/${issuer}`, url: issuer, clientIds: ['sts.amazonaws.com'] },
    ],
  });
};

it.each<[string, readonly Account[], readonly string[], readonly string[]]>([
  [
    'whose pods get a role of which no cluster has the issuer',
    [withRole(DEAD), withPods(C, 'other', issuerOf('other'), ROLE), withPods(D, 'far', issuerOf('far'))],
    [B],
    [C],
  ],
  [
    'whose cluster a mistyped issuer means',
    [withRole(MISTYPED), withPods(C, 'other', issuerOf('other')), withPods(D, 'far', issuerOf('far'))],
    [B],
    [C],
  ],
  [
    'whose cluster has an issuer that a role elsewhere names',
    [
      withRole(issuerOf('other')),
      withPods(C, 'other', issuerOf('other')),
      withPods(D, 'far', issuerOf('far')),
    ],
    [B],
    [C],
  ],
])(
  'a batch reads an account that was not beside it, %s, and no other',
  async (_what, others, judged, asked) => {
    const snapshot = canonicalSnapshot({
      schemaVersion: 1,
      takenAt: '2026-11-22T00:00:00Z',
      organization: { complete: true },
      accounts: [withPods(A, 'shop', issuerOf('shop')), ...others],
      coverage: [],
    });
    const read: string[] = [];
    const gathered = gatheredFrom(snapshot, undefined, (id) => read.push(id));
    await judgeBatch(
      { judged, beside: [] },
      {
        gathered,
        connections: connections(gathered.accounts),
        seesEveryCluster: true,
        options: { config: defaultConfig, hash },
      },
    );
    expect(read.toSorted()).toEqual([...judged, ...asked].toSorted());
  },
);
