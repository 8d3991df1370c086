import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { explainDocument } from '../../../shared/audit/explain.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Cluster, CoverageGap, OidcProvider, Role, Snapshot } from '../../../shared/estate/snapshot.ts';

const ACCOUNT = '111122223333';
const LIVE = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const OTHER = 'oidc.eks.eu-west-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210';
const providerArn = (issuer: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;
const provider = (issuer: string): OidcProvider => ({
  arn: providerArn(issuer),
  url: issuer,
  clientIds: ['sts.amazonaws.com'],
});
const statement = (
  issuer: string,
  subject = 'system:serviceaccount:shop:api',
  operator = 'StringEquals',
) => ({
  Effect: 'Allow',
  Principal: { Federated: providerArn(issuer) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    [operator]: { [`${issuer}:sub`]: subject },
    'ForAnyValue:StringEquals': { [`${issuer}:aud`]: 'sts.amazonaws.com' },
  },
});
const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const role = (name: string, trustPolicy: string): Role => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  trustPolicy,
  attachedPolicies: [],
  inlinePolicies: [],
});
const cluster = (name: string, issuer?: string, more: Partial<Cluster> = {}): Cluster => ({
  name,
  arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/${name}`,
  ...(issuer === undefined ? {} : { issuer: `https://${issuer}`, status: 'ACTIVE' }),
  podIdentityAssociations: [],
  addons: [],
  nodegroups: [],
  accessEntries: [],
  ...more,
});

function rulesFound(parts: {
  roles: Role[];
  providers: OidcProvider[];
  clusters?: Cluster[];
  coverage?: CoverageGap[];
}): string[] {
  const snapshot: Snapshot = {
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: true },
    accounts: [
      {
        id: ACCOUNT,
        partition: 'aws',
        roles: parts.roles,
        policies: [],
        oidcProviders: parts.providers,
        regions: [{ name: 'eu-west-1', clusters: parts.clusters ?? [cluster('prod', LIVE)] }],
      },
    ],
    coverage: parts.coverage ?? [],
  };
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const { findings } = audit(buildEstate(snapshot), { config: defaultConfig, hash });
  return findings
    .map(({ rule }) => rule)
    .filter((rule) => !/^use-(kubernetes|control|management)/.test(rule))
    .sort();
}

describe('clusters that were not read', () => {
  const parts = {
    roles: [role('vendor', policy(statement(OTHER)))],
    providers: [provider(LIVE), provider(OTHER)],
  };

  it('make no issuer foreign and no provider an orphan, when everything was read they do', () => {
    expect(
      rulesFound({
        ...parts,
        clusters: [cluster('prod', LIVE), cluster('blue', LIVE.replace('0123', '9999'))],
      }),
    ).toEqual(['no-foreign-issuer', 'no-orphan-provider']);
  });

  it.each<[string, CoverageGap]>([
    [
      'a region that is not in the list',
      { account: ACCOUNT, region: 'us-east-1', read: 'eks:ListClusters', reason: 'denied' },
    ],
    [
      'an account that is not in the list',
      { account: '999999999999', read: 'sts:AssumeRole', reason: 'denied' },
    ],
    ['every region', { account: ACCOUNT, read: 'account:ListRegions', reason: 'denied' }],
  ])('in %s keep them undecided', (_name, gap) => {
    const found = rulesFound({ ...parts, coverage: [gap] });
    expect(found.filter((rule) => /foreign|orphan/.test(rule))).toEqual([]);
  });

  it('keep a role for Pod Identity from being an orphan', () => {
    const pods = policy({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    });
    const orphan = { roles: [role('pods', pods)], providers: [] };
    const gap = { account: ACCOUNT, region: 'us-east-1', read: 'eks:ListClusters', reason: 'denied' };
    expect(rulesFound(orphan)).toContain('no-orphan-pod-identity-role');
    expect(rulesFound({ ...orphan, coverage: [gap] })).not.toContain('no-orphan-pod-identity-role');
  });

  it('keep the one that was read from being taken for the successor of another', () => {
    const stale = { roles: [role('app', policy(statement(OTHER)))], providers: [provider(LIVE)] };
    expect(rulesFound(stale)).toEqual(['no-stale-issuer']);
    const undescribed = [cluster('prod', LIVE), cluster('x')];
    const gap = {
      account: ACCOUNT,
      region: 'eu-west-1',
      cluster: 'x',
      read: 'eks:DescribeCluster',
      reason: 'denied',
    };
    expect(rulesFound({ ...stale, clusters: undescribed, coverage: [gap] })).not.toContain('no-stale-issuer');
  });
});

it('a rebuilt cluster is one finding of the role, though its old provider is still there', () => {
  const found = rulesFound({
    roles: [role('app', policy(statement(OTHER)))],
    providers: [provider(LIVE), provider(OTHER)],
  });
  expect(found).toEqual(['no-orphan-provider', 'no-stale-issuer']);
});

describe('a document alone', () => {
  const question = {
    mechanism: 'irsa',
    issuer: `https://${LIVE}`,
    namespace: 'shop',
    serviceAccount: 'api',
  } as const;

  it('is not secure when another EKS provider in it lets every ServiceAccount in', () => {
    const text = policy(statement(LIVE), statement(OTHER, '*', 'StringLike'));
    expect(explainDocument(text, question)).toMatchObject({ verdict: 'works', secure: false });
  });

  it('is secure when it names one ServiceAccount of two clusters', () => {
    expect(explainDocument(policy(statement(LIVE), statement(OTHER)), question)).toMatchObject({
      verdict: 'works',
      secure: true,
    });
  });

  it('is told that a bare claim names no issuer', () => {
    const bare = {
      ...statement(LIVE),
      Condition: { StringEquals: { sub: 'system:serviceaccount:shop:api' } },
    };
    expect(explainDocument(policy(bare), question).reason?.rule).toBe('no-mismatched-condition-key');
  });
});
