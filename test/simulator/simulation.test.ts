import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  paginateListRoles,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { CloudTrailRecord } from '../../simulator/records/record.ts';
import { createSimulation } from '../../simulator/simulation.ts';

const ACCOUNT = '111122223333';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const OTHER_TRUST = TRUST.replace('ec2.amazonaws.com', 'lambda.amazonaws.com');

const organization = (options: object = {}) =>
  createSimulation({
    now: '2026-11-22T10:00:00Z',
    accounts: [{ id: ACCOUNT, name: 'shop', regions: ['eu-west-1'] }],
    ...options,
  });

describe('a simulated organization', () => {
  it('answers real SDK clients, which say who is calling by their credentials', async () => {
    const clients = organization().as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/team/Deployer`, {
      session: 'jo',
    });
    const identity = await clients('sts', null, null).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/jo`,
    });
  });

  it('returns trust policies percent-encoded, parentheses and stars included', async () => {
    const iam = organization().clients()('iam', null, null);
    await iam.send(
      new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST, Description: 'App' }),
    );
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'APP' }));
    expect(Role?.AssumeRolePolicyDocument).not.toMatch(/[{}":*()]/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
  });

  it('pages, and the SDK paginators walk the pages', async () => {
    const iam = organization({ pageSize: 2 }).clients()('iam', null, null);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }));
    }
    const pages: (string | undefined)[][] = [];
    for await (const { Roles } of paginateListRoles({ client: iam }, {})) {
      pages.push((Roles ?? []).map(({ RoleName }) => RoleName));
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('emits the record of a trust edit: who, raw document, no role ARN, IAM region', async () => {
    const simulation = organization();
    const records: CloudTrailRecord[] = [];
    simulation.onRecord((record) => records.push(record));
    const iam = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/ci/Deployer`)('iam', null, 'eu-west-1');
    await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
    simulation.clock.advance(60);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: OTHER_TRUST }));
    expect(records.map(({ eventName }) => eventName)).toEqual(['CreateRole', 'UpdateAssumeRolePolicy']);
    expect(records[1]).toMatchObject({
      eventSource: 'iam.amazonaws.com',
      awsRegion: 'us-east-1',
      eventTime: '2026-11-22T10:01:00Z',
      readOnly: false,
      requestParameters: { roleName: 'app', policyDocument: OTHER_TRUST },
      responseElements: null,
      recipientAccountId: ACCOUNT,
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/podtrust`,
        sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/ci/Deployer` } },
      },
    });
    expect(JSON.stringify(records[0]?.responseElements)).toContain('%22Version%22');
  });

  it('shows writes to IAM only after the configured delay', async () => {
    const simulation = organization({ delaySeconds: 5 });
    const iam = simulation.clients()('iam', null, null);
    await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
    await expect(iam.send(new GetRoleCommand({ RoleName: 'app' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    simulation.clock.advance(5);
    await expect(iam.send(new GetRoleCommand({ RoleName: 'app' }))).resolves.toBeDefined();
  });

  it('creates clusters in the time that the clock says, and gives them an issuer then', async () => {
    const simulation = organization();
    const eks = simulation.clients()('eks', null, 'eu-west-1');
    await eks.send(
      new CreateClusterCommand({ name: 'prod', roleArn: 'arn:aws:iam::1:role/c', resourcesVpcConfig: {} }),
    );
    const describeIt = async () => (await eks.send(new DescribeClusterCommand({ name: 'prod' }))).cluster;
    expect(await describeIt()).toMatchObject({ status: 'CREATING' });
    expect(await describeIt()).not.toHaveProperty('identity');
    simulation.clock.advance(600);
    expect(await describeIt()).toMatchObject({ status: 'ACTIVE' });
    expect((await describeIt())?.identity?.oidc?.issuer).toMatch(
      /^https:\/\/oidc\.eks\.eu-west-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
    );
  });
});

describe('partitions', () => {
  it.each([
    ['aws-cn', 'cn-northwest-1', 'cn-north-1', 'oidc.eks.cn-northwest-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-east-1', 'us-gov-west-1', 'oidc.eks.us-gov-east-1.amazonaws.com'],
  ])('%s has its ARNs, its issuers and its IAM region', async (partition, region, iamRegion, host) => {
    const simulation = createSimulation({
      now: '2026-11-22T10:00:00Z',
      accounts: [{ id: ACCOUNT, partition, regions: [region] }],
    });
    const records: CloudTrailRecord[] = [];
    simulation.onRecord((record) => records.push(record));
    const clients = simulation.clients();
    const trust = TRUST.replace('ec2.amazonaws.com', 'pods.eks.amazonaws.com');
    const { Role } = await clients('iam', null, region).send(
      new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: trust }),
    );
    const eks = clients('eks', null, region);
    await eks.send(new CreateClusterCommand({ name: 'prod', roleArn: Role?.Arn, resourcesVpcConfig: {} }));
    simulation.clock.advance(600);
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'prod' }));
    expect(Role?.Arn).toBe(`arn:${partition}:iam::${ACCOUNT}:role/app`);
    expect(cluster?.arn).toBe(`arn:${partition}:eks:${region}:${ACCOUNT}:cluster/prod`);
    expect(new URL(cluster?.identity?.oidc?.issuer ?? '').host).toBe(host);
    expect(records.map(({ awsRegion }) => awsRegion)).toEqual([iamRegion, region]);
  });
});

describe('faults', () => {
  const list = (simulation: ReturnType<typeof organization>) =>
    simulation.clients()('iam', null, null).send(new ListRolesCommand({}));

  it.each([
    ['denied', 'AccessDenied'],
    ['expired-credentials', 'ExpiredTokenException'],
  ] as const)('%s comes out as %s, without a retry', async (kind, name) => {
    const simulation = organization();
    simulation.faults.on('iam:ListRoles', { kind });
    await expect(list(simulation)).rejects.toMatchObject({ name, $metadata: { attempts: 1 } });
  });

  it.each(['throttled', 'server-error', 'unavailable', 'timeout'] as const)(
    '%s is what the SDK retries',
    async (kind) => {
      const simulation = organization();
      simulation.faults.on('iam:*', { kind, times: 1 });
      await expect(list(simulation)).resolves.toMatchObject({ $metadata: { attempts: 2 } });
    },
  );

  it('cuts pages shorter than asked, which loses nothing', async () => {
    const simulation = organization();
    const iam = simulation.clients()('iam', null, null);
    for (const RoleName of ['a', 'b', 'c']) {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    }
    simulation.faults.on('iam:ListRoles', { kind: 'partial-page', items: 2 });
    expect(await list(simulation)).toMatchObject({ Roles: [{}, {}], IsTruncated: true });
    const all: unknown[] = [];
    for await (const { Roles } of paginateListRoles({ client: iam }, {})) all.push(...(Roles ?? []));
    expect(all).toHaveLength(3);
  });

  it('strikes where it is told to, and no longer once it is taken back', async () => {
    const simulation = organization();
    const lift = simulation.faults.on('iam:ListRoles', { kind: 'denied', account: ACCOUNT });
    simulation.faults.on('iam:ListRoles', { kind: 'denied', account: '999999999999' });
    await expect(list(simulation)).rejects.toMatchObject({ name: 'AccessDenied' });
    lift();
    await expect(list(simulation)).resolves.toMatchObject({ Roles: [] });
  });
});
