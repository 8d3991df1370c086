import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  DescribeUpdateCommand,
  ListAccessEntriesCommand,
  ListPodIdentityAssociationsCommand,
  UpdateAddonCommand,
  UpdateClusterConfigCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CloudTrailRecord } from '../../simulator/records/record.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const CREATOR = `arn:aws:iam::${ACCOUNT}:role/ci/Deployer`;
const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const trust = (service: string, actions: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: actions }],
  });
const POD_TRUST = trust('pods.eks.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession']);

describe('simulated EKS', () => {
  let simulation: Simulation;
  let records: CloudTrailRecord[];
  const clients = () => simulation.as(ACCOUNT, CREATOR);
  const eks = () => clients()('eks', null, REGION);
  const iam = () => clients()('iam', null, null);
  const createCluster = (authenticationMode: 'API' | 'CONFIG_MAP' | 'API_AND_CONFIG_MAP' = 'API') =>
    eks().send(
      new CreateClusterCommand({
        name: 'shop',
        roleArn: roleArn('cluster'),
        resourcesVpcConfig: {},
        accessConfig: { authenticationMode },
      }),
    );
  const createRole = (RoleName: string, AssumeRolePolicyDocument: string) =>
    iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const associate = (role: string, serviceAccount = 'cart') =>
    eks().send(
      new CreatePodIdentityAssociationCommand({
        clusterName: 'shop',
        namespace: 'shop',
        serviceAccount,
        roleArn: roleArn(role),
      }),
    );

  beforeEach(async () => {
    simulation = createSimulation({
      now: '2026-11-22T09:00:00Z',
      accounts: [{ id: ACCOUNT, regions: [REGION] }],
    });
    records = [];
    simulation.onRecord((record) => records.push(record));
  });

  describe('Pod Identity associations', () => {
    beforeEach(async () => {
      await createCluster();
      simulation.clock.advance(600);
    });

    it('are refused for a ServiceAccount that has one', async () => {
      await createRole('pod', POD_TRUST);
      await associate('pod');
      await expect(associate('pod')).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await expect(associate('pod', 'catalog')).resolves.toBeDefined();
    });

    it.each([
      ['lacks sts:TagSession', trust('pods.eks.amazonaws.com', ['sts:AssumeRole'])],
      ['names another service', trust('ec2.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession'])],
    ])('are refused for a role whose trust policy %s', async (_, document) => {
      await createRole('pod', document);
      await expect(associate('pod')).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining('Trust policy of the role provided is invalid'),
      });
    });

    it.each([
      ['wildcards in the actions', trust('pods.eks.amazonaws.com', ['sts:*'])],
      ['the actions in any case', trust('pods.eks.amazonaws.com', ['STS:assumerole', 'sts:tagsession'])],
    ])('are made for a role with %s', async (_, document) => {
      await createRole('pod', document);
      await expect(associate('pod')).resolves.toBeDefined();
    });

    it('outlive a later trust edit: only creation is checked', async () => {
      await createRole('pod', POD_TRUST);
      const { association } = await associate('pod');
      const PolicyDocument = trust('ec2.amazonaws.com', ['sts:AssumeRole']);
      await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'pod', PolicyDocument }));
      const associationId = association?.associationId ?? '';
      await expect(
        eks().send(new DescribePodIdentityAssociationCommand({ clusterName: 'shop', associationId })),
      ).resolves.toBeDefined();
    });

    it('bring an external id with a target role, and tags off with a session policy', async () => {
      await createRole('pod', POD_TRUST);
      const associationId = (await associate('pod')).association?.associationId ?? '';
      const update = (more: object) =>
        eks().send(new UpdatePodIdentityAssociationCommand({ clusterName: 'shop', associationId, ...more }));
      const { association } = await update({ targetRoleArn: 'arn:aws:iam::999999999999:role/target' });
      expect(association?.externalId).toContain(associationId);
      await expect(update({ policy: '{}' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
      await expect(update({ policy: '{}', disableSessionTags: true })).resolves.toBeDefined();
    });

    it('of an add-on go with an empty list, and stay when the list is left out', async () => {
      await createRole('pod', POD_TRUST);
      const addon = { clusterName: 'shop', addonName: 'vpc-cni' };
      const own = [{ serviceAccount: 'aws-node', roleArn: roleArn('pod') }];
      await eks().send(new CreateAddonCommand({ ...addon, podIdentityAssociations: own }));
      simulation.clock.advance(60);
      const owned = async () =>
        (await eks().send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }))).associations;
      const described = await eks().send(new DescribeAddonCommand(addon));
      expect((await owned())?.map(({ ownerArn }) => ownerArn)).toEqual([described.addon?.addonArn]);
      await eks().send(new UpdateAddonCommand(addon));
      simulation.clock.advance(60);
      expect(await owned()).toHaveLength(1);
      await eks().send(new UpdateAddonCommand({ ...addon, podIdentityAssociations: [] }));
      expect(await owned()).toHaveLength(0);
    });
  });

  describe('cluster access', () => {
    const entries = async () =>
      (await eks().send(new ListAccessEntriesCommand({ clusterName: 'shop' }))).accessEntries;

    it('knows no entries under CONFIG_MAP, and never goes back to it', async () => {
      await createCluster('CONFIG_MAP');
      simulation.clock.advance(600);
      await expect(entries()).rejects.toMatchObject({ name: 'InvalidRequestException' });
      const change = (authenticationMode: 'API' | 'CONFIG_MAP' | 'API_AND_CONFIG_MAP') =>
        eks().send(new UpdateClusterConfigCommand({ name: 'shop', accessConfig: { authenticationMode } }));
      await expect(change('API')).rejects.toMatchObject({ name: 'InvalidRequestException' });
      const { update } = await change('API_AND_CONFIG_MAP');
      await expect(change('API')).rejects.toMatchObject({ name: 'ResourceInUseException' });
      simulation.clock.advance(60);
      const done = await eks().send(new DescribeUpdateCommand({ name: 'shop', updateId: update?.id ?? '' }));
      expect(done.update?.status).toBe('Successful');
      await expect(change('CONFIG_MAP')).rejects.toMatchObject({ name: 'InvalidRequestException' });
      await expect(entries()).resolves.toEqual([]);
    });

    it('gives the creator an entry, by the ARN of the role with its path', async () => {
      await createCluster();
      simulation.clock.advance(600);
      expect(await entries()).toEqual([CREATOR]);
    });

    it('makes an entry for the nodes of a new node group', async () => {
      await createCluster();
      simulation.clock.advance(600);
      await eks().send(
        new CreateNodegroupCommand({
          clusterName: 'shop',
          nodegroupName: 'general',
          nodeRole: roleArn('node'),
          subnets: [],
        }),
      );
      const { accessEntry } = await eks().send(
        new DescribeAccessEntryCommand({ clusterName: 'shop', principalArn: roleArn('node') }),
      );
      expect(accessEntry).toMatchObject({ type: 'EC2_LINUX', username: 'system:node:{{EC2PrivateDNSName}}' });
    });

    it.each([
      ['a reserved username', { username: 'system:admin' }],
      ['a session name without a colon before it', { username: 'dev{{SessionName}}' }],
      ['groups on a node entry', { type: 'EC2_LINUX', kubernetesGroups: ['nodes'] }],
      ['a role that does not exist', { principalArn: roleArn('nobody') }],
      ['no principal', { principalArn: 'jo' }],
    ])('refuses %s', async (_, more) => {
      await createCluster();
      simulation.clock.advance(600);
      await createRole('admin', POD_TRUST);
      await expect(
        eks().send(
          new CreateAccessEntryCommand({ clusterName: 'shop', principalArn: roleArn('admin'), ...more }),
        ),
      ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    });

    it('writes records with the cluster under name, and principals of paths still percent-encoded', async () => {
      await createCluster();
      simulation.clock.advance(600);
      await createRole('admin', POD_TRUST);
      const entry = { clusterName: 'shop', principalArn: roleArn('admin') };
      await eks().send(new CreateAccessEntryCommand(entry));
      await eks().send(
        new AssociateAccessPolicyCommand({
          ...entry,
          policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
          accessScope: { type: 'cluster' },
        }),
      );
      await eks().send(new DeleteAccessEntryCommand(entry));
      const encoded = encodeURIComponent(roleArn('admin'));
      const last = records.slice(-3);
      expect(last.map(({ eventName }) => eventName)).toEqual([
        'CreateAccessEntry',
        'AssociateAccessPolicy',
        'DeleteAccessEntry',
      ]);
      expect(last.map(({ requestParameters }) => requestParameters)).toMatchObject([
        { name: 'shop', principalArn: roleArn('admin') },
        { name: 'shop', principalArn: encoded },
        { name: 'shop', principalArn: encoded },
      ]);
      expect(
        last.every(
          ({ awsRegion, eventSource }) => awsRegion === REGION && eventSource === 'eks.amazonaws.com',
        ),
      ).toBe(true);
      expect(last[0]?.responseElements).toMatchObject({
        accessEntry: { createdAt: Date.parse('2026-11-22T09:10:00Z') / 1000 },
      });
    });
  });

  it('shows associations only after the delay of an eventually consistent service', async () => {
    simulation = createSimulation({
      now: '2026-11-22T09:00:00Z',
      accounts: [{ id: ACCOUNT, regions: [REGION] }],
      delaySeconds: 3,
    });
    await createCluster();
    await createRole('pod', POD_TRUST);
    simulation.clock.advance(600);
    await associate('pod');
    const list = async () =>
      (await eks().send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }))).associations
        ?.length;
    expect(await list()).toBe(0);
    simulation.clock.advance(3);
    expect(await list()).toBe(1);
  });

  it('does not let a cluster be described in a region that the account has not enabled', async () => {
    const elsewhere = clients()('eks', null, 'ap-south-1');
    await expect(elsewhere.send(new DescribeClusterCommand({ name: 'shop' }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });
});
