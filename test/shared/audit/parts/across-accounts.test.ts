import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Account, Cluster, Role, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import type { Coverage, Finding } from '../../../../shared/findings/finding.ts';
import { association, cluster, role, trustPolicy } from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { accountWith } from '../../../support/account.ts';
import { auditInParts } from '../../../support/in-parts.ts';

const A = '111111111111';
const B = '222222222222';
const C = '333333333333';
const NOBODY = '999999999999';
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const issuerOf = (id: string): string =>
  `oidc.eks.eu-west-1.amazonaws.com/id/${id.padEnd(32, '0A1B2C3D4E5F')}`;
const arnOf = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;
const providerOf = (account: string, issuer: string) => ({
  arn: `arn:aws:iam::${account}:oidc-provider/${issuer}`,
  url: issuer,
  clientIds: ['sts.amazonaws.com'],
});

const account = (id: string, more: Partial<Account> = {}): Account =>
  accountWith(id, { quotas: { trustPolicyLength: 2048, oidcProviders: 100 }, ...more });

const withClusters = (...clusters: Cluster[]): Pick<Account, 'regions'> => ({
  regions: [{ name: 'eu-west-1', clusters }],
});

const clusterOf = (id: string, name: string, issuer: string, more: Partial<Cluster> = {}): Cluster => ({
  ...cluster(more),
  name,
  arn: `arn:aws:eks:eu-west-1:${id}:cluster/${name}`,
  issuer: `https://${issuer}`,
});

/** A role that the ServiceAccount shop/checkout of an issuer may assume. */
const trusting = (id: string, name: string, issuer: string, more: Partial<Role> = {}): Role =>
  role({
    arn: arnOf(id, name),
    trustPolicy: trustPolicy({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${id}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout',
        },
      },
    }),
    ...more,
  });

const annotatedCluster = (id: string, name: string, issuer: string, roleArn: string): Cluster => ({
  ...clusterWith({
    serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': roleArn } })],
    pods: [podGroup({ containers: [container({})] })],
  }),
  name,
  arn: `arn:aws:eks:eu-west-1:${id}:cluster/${name}`,
  issuer: `https://${issuer}`,
});

function snapshotOf(accounts: Account[], coverage: Snapshot['coverage'] = []): Snapshot {
  return canonicalSnapshot({
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: true },
    accounts,
    coverage,
  });
}

const OLD = issuerOf('DEAD');
const NEW = issuerOf('CAFE');
const { annotations: _, ...bare } = serviceAccount();

describe('a verdict that hangs on', () => {
  it.each<[string, Snapshot, Partial<Finding> | null, Partial<Coverage> | null]>([
    [
      'a role elsewhere that names a ServiceAccount of the account',
      snapshotOf([
        account(
          A,
          withClusters({
            ...clusterWith({ serviceAccounts: [bare], pods: [podGroup({ containers: [container({})] })] }),
            arn: `arn:aws:eks:eu-west-1:${A}:cluster/shop`,
            issuer: `https://${NEW}`,
          }),
        ),
        account(B, { roles: [trusting(B, 'checkout', NEW)], oidcProviders: [providerOf(B, NEW)] }),
      ]),
      { rule: 'use-role-annotation', account: A },
      null,
    ],
    [
      'a role elsewhere whose issuer was mistyped and means a cluster in a third account',
      snapshotOf([
        account(A, withClusters(annotatedCluster(A, 'shop', issuerOf('ABCD'), arnOf(B, 'checkout')))),
        account(B, {
          roles: [trusting(B, 'checkout', NEW.replace('CAFE', 'CAFF'))],
          oidcProviders: [providerOf(B, NEW), providerOf(B, issuerOf('ABCD'))],
        }),
        account(C, withClusters(clusterOf(C, 'other', NEW))),
      ]),
      { rule: 'no-unknown-provider', account: B },
      null,
    ],
    [
      'a managed policy of AWS that another account read',
      snapshotOf([
        account(A, {
          roles: [
            role({
              arn: arnOf(A, 'open'),
              trustPolicy: trustPolicy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }),
              attachedPolicies: ['arn:aws:iam::aws:policy/PolicyOfTomorrow'],
            }),
          ],
        }),
        account(B, {
          policies: [
            {
              arn: 'arn:aws:iam::aws:policy/PolicyOfTomorrow',
              document:
                '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
            },
          ],
        }),
      ]),
      { rule: 'no-public-trust', account: A, evidence: { privileges: 'admin' } as Finding['evidence'] },
      null,
    ],
    [
      'an account far away whose regions were not read',
      snapshotOf([
        account(A, { oidcProviders: [providerOf(A, OLD)] }),
        { id: B, partition: 'aws', roles: [] },
      ]),
      null,
      { rule: 'no-orphan-provider', subject: providerOf(A, OLD).arn },
    ],
    [
      'an account of the organization that was suspended',
      snapshotOf(
        [account(A, { oidcProviders: [providerOf(A, OLD)] }), account(B)],
        [{ account: NOBODY, read: 'sts:AssumeRole', reason: 'the account is suspended' }],
      ),
      null,
      { rule: 'no-orphan-provider', subject: providerOf(A, OLD).arn },
    ],
    [
      'an account that nobody read, to which two others hand out a role',
      snapshotOf(
        [A, B].map((id) =>
          account(id, {
            roles: [role({ arn: arnOf(id, 'checkout') })],
            ...withClusters(
              clusterOf(id, 'shop', issuerOf(id === A ? 'AAAA' : 'BBBB'), {
                podIdentityAssociations: [
                  association({ roleArn: arnOf(id, 'checkout'), targetRoleArn: arnOf(NOBODY, 'target') }),
                ],
              }),
            ),
          }),
        ),
      ),
      null,
      { rule: 'use-external-id', subject: arnOf(NOBODY, 'target') },
    ],
  ])('%s', async (_what, snapshot, finding, coverage) => {
    const options = { config: defaultConfig, hash };
    const parts = await auditInParts(snapshot, options, { weight: 0, things: 1 });
    if (finding !== null)
      expect(parts.findings).toContainEqual(expect.objectContaining(withEvidence(finding)));
    if (coverage !== null)
      expect(parts.coverage.filter((line) => line.rule === coverage.rule)).toEqual([
        expect.objectContaining(coverage),
      ]);
    expect(parts).toEqual(audit(buildEstate(snapshot), options));
  });
});

const withEvidence = ({ evidence, ...rest }: Partial<Finding>): object =>
  evidence === undefined ? rest : { ...rest, evidence: expect.objectContaining(evidence) };
