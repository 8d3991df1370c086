import { createHash } from 'node:crypto';
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTERS, REGION, ROLES, seedMoto } from '../../bench/collection/seed-moto.ts';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { audit } from '../../shared/audit/audit.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { collect } from '../../shared/aws/collect.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Audit } from '../../shared/findings/finding.ts';

const ACCOUNT = '123456789012';

/** Trust policies with one mistake each, over the issuer that moto gave the clusters. */
function planted(issuer: string): Readonly<Record<string, object>> {
  const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;
  const statement = (subject: object, action = 'sts:AssumeRoleWithWebIdentity') => ({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: action,
    Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', ...subject } },
  });
  const subject = { [`${issuer}:sub`]: 'system:serviceaccount:shop:cart' };
  return {
    'no-literal-wildcard': statement({ [`${issuer}:sub`]: 'system:serviceaccount:shop:*' }),
    'no-missing-subject': statement({}),
    'no-wrong-assume-action': statement(subject, 'sts:AssumeRole'),
    'no-public-trust': { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
    'no-malformed-subject': statement({ [`${issuer}:sub`]: 'system:serviceaccount:Shop:cart' }),
  };
}

const RULES = Object.keys(planted('x'));

describe('an audit of a moto server over HTTP', () => {
  let moto: EmulatorServer;
  let snapshot: Snapshot;
  let result: Audit;

  beforeAll(async () => {
    moto = await startMoto();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
    const clients = createClients();
    await seedMoto(clients);
    const iam = clients('iam', null, 'us-east-1');
    const described = await clients('eks', null, REGION).send(
      new DescribeClusterCommand({ name: 'cluster-0' }),
    );
    const url = described.cluster?.identity?.oidc?.issuer ?? '';
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: url,
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: [],
      }),
    );
    for (const [name, statement] of Object.entries(planted(url.replace('https://', '')))) {
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await iam.send(new CreateRoleCommand({ RoleName: `planted-${name}`, AssumeRolePolicyDocument }));
    }
    await iam.send(new CreateUserCommand({ UserName: 'ann', Path: '/ops/' }));
    snapshot = await collect({ clients: createClients(), now: () => new Date('2026-11-22T09:00:00Z') });
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    result = audit(buildEstate(snapshot), { config: defaultConfig, hash });
  });
  afterAll(async () => {
    await moto?.close();
  });

  it('reads who the users are', () => {
    expect(snapshot.accounts[0]?.users).toEqual([
      {
        arn: `arn:aws:iam::${ACCOUNT}:user/ops/ann`,
        created: expect.any(String),
        id: expect.stringMatching(/^[A-Za-z0-9]{16,}$/),
      },
    ]);
  });

  it('reads every role, cluster and provider', () => {
    const [account] = snapshot.accounts;
    const clusters = (account?.regions ?? []).flatMap((region) => region.clusters ?? []);
    expect(account?.id).toBe(ACCOUNT);
    expect(account?.roles).toHaveLength(ROLES + RULES.length);
    expect(clusters).toHaveLength(CLUSTERS);
    expect(account?.oidcProviders).toHaveLength(CLUSTERS + 1);
  });

  it.each([
    'eks:ListAddons',
    'eks:ListPodIdentityAssociations',
    'eks:ListAccessEntries',
    'eks:ListCapabilities',
  ])('says of every cluster that %s, which moto lacks, was not read', (read) => {
    const gaps = snapshot.coverage.filter((gap) => gap.read === read);
    expect(new Set(gaps.map(({ cluster }) => cluster)).size).toBe(CLUSTERS);
  });

  it('lets nothing that was not read pass: the agent is unknown, with the read that is missing', () => {
    const unknown = result.coverage.filter(({ rule }) => rule === 'use-pod-identity-agent');
    expect(unknown.map(({ subject }) => subject)).toEqual([expect.stringMatching(/and 17 more$/)]);
    expect(result.findings.filter(({ rule }) => rule === 'use-pod-identity-agent')).toEqual([]);
  });

  it.each(RULES)('names the planted fault of %s once', (rule) => {
    const role = `arn:aws:iam::${ACCOUNT}:role/planted-${rule}`;
    const found = result.findings.filter((finding) => finding.role === role);
    expect(found.map((finding) => finding.rule)).toEqual([rule]);
  });

  it('finds no fault in the roles that have none of their own', () => {
    const others = result.findings.filter(
      ({ role, kind }) => role !== undefined && !role.includes('/planted-') && kind === 'open',
    );
    expect(others.map(({ rule, role }) => `${rule} ${role}`)).toEqual([]);
  });
});
