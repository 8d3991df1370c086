import * as eks from '@aws-sdk/client-eks';
import * as iam from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTrigger } from '../../../shared/triggers/read-trigger.ts';
import { eksService } from '../../../simulator/eks/service.ts';
import { iamService } from '../../../simulator/iam/service.ts';
import { type CloudTrailRecord, toEventBridge } from '../../../simulator/records/record.ts';
import { stsService } from '../../../simulator/sts/service.ts';
import { testToken } from '../../../simulator/sts/token.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

/** Writes of the simulator that change no identity of EKS by themselves. */
const NOT_FOLLOWED = new Set(['CreateUser', 'DeleteUser', 'CreatePolicy']);

const REGION = 'eu-west-1';
const POD = 'system:serviceaccount:payments:api';
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/pods/${name}`;
const trust = (principal: object, ...actions: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: actions }],
  });

const records: CloudTrailRecord[] = [];
let issuer: string;
let policyArn: string;
let associationId: string;

/** Calls every write of IAM and EKS that the simulator has, and STS for a pod, a stranger and a person. */
beforeAll(async () => {
  const stage = await organizationWithCluster();
  const { simulation, provider } = stage;
  issuer = stage.issuer;
  simulation.onRecord((record) => records.push(record));
  const clients = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/people/Admin`);
  const [k, i, s] = [clients('eks', null, REGION), clients('iam', null, null), clients('sts', null, REGION)];
  const wait = (): void => simulation.clock.advance(1200);

  const Path = '/pods/';
  const pods = trust({ Service: 'pods.eks.amazonaws.com' }, 'sts:AssumeRole', 'sts:TagSession');
  const web = trust({ Federated: provider }, 'sts:AssumeRoleWithWebIdentity');
  await i.send(new iam.CreateRoleCommand({ RoleName: 'api', Path, AssumeRolePolicyDocument: web }));
  await i.send(new iam.CreateRoleCommand({ RoleName: 'other', Path, AssumeRolePolicyDocument: pods }));
  const RoleName = 'api';
  const document =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}';
  const { Policy } = await i.send(
    new iam.CreatePolicyCommand({ PolicyName: 'orders', PolicyDocument: document }),
  );
  policyArn = Policy?.Arn ?? '';
  const PolicyArn = policyArn;
  await i.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document }));
  await i.send(new iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
  await i.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  await i.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: web }));
  await i.send(new iam.UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }));
  await i.send(new iam.UpdateRoleDescriptionCommand({ RoleName, Description: 'x' }));
  await i.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] }));
  await i.send(new iam.UntagRoleCommand({ RoleName, TagKeys: ['a'] }));
  await i.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await i.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await i.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: document }));
  await i.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }));
  await i.send(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn }));
  await i.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }));
  await i.send(new iam.CreateUserCommand({ UserName: 'ci' }));
  await i.send(new iam.DeleteUserCommand({ UserName: 'ci' }));
  wait();

  const token = (subject: string) =>
    testToken({
      issuer: `https://${issuer}`,
      subject,
      expires: new Date(simulation.clock.now().getTime() + 3_600_000),
    });
  const RoleSessionName = 'session';
  await s.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: role('api'),
      RoleSessionName,
      WebIdentityToken: token(POD),
    }),
  );
  await s
    .send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: role('gone'),
        RoleSessionName,
        WebIdentityToken: token(POD),
      }),
    )
    .catch(() => {});
  await s.send(new AssumeRoleCommand({ RoleArn: role('gone'), RoleSessionName })).catch(() => {});

  const clusterName = 'shop';
  await k.send(
    new eks.CreateClusterCommand({ name: 'new', roleArn: role('cluster'), resourcesVpcConfig: {} }),
  );
  wait();
  await k.send(
    new eks.UpdateClusterConfigCommand({
      name: 'new',
      accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
    }),
  );
  wait();
  await k.send(new eks.UpdateClusterVersionCommand({ name: clusterName, version: '1.36' }));
  wait();
  const { association } = await k.send(
    new eks.CreatePodIdentityAssociationCommand({
      clusterName,
      namespace: 'payments',
      serviceAccount: 'api',
      roleArn: role('other'),
    }),
  );
  associationId = association?.associationId ?? '';
  await k.send(
    new eks.UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn: role('other') }),
  );
  await k.send(new eks.DeletePodIdentityAssociationCommand({ clusterName, associationId }));
  const principalArn = role('other');
  const accessPolicy = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
  await k.send(new eks.CreateAccessEntryCommand({ clusterName, principalArn }));
  await k.send(
    new eks.UpdateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups: ['readers'] }),
  );
  await k.send(
    new eks.AssociateAccessPolicyCommand({
      clusterName,
      principalArn,
      policyArn: accessPolicy,
      accessScope: { type: 'cluster' },
    }),
  );
  await k.send(
    new eks.DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn: accessPolicy }),
  );
  await k.send(new eks.DeleteAccessEntryCommand({ clusterName, principalArn }));
  const addonName = 'eks-pod-identity-agent';
  await k.send(new eks.CreateAddonCommand({ clusterName, addonName }));
  wait();
  await k.send(new eks.UpdateAddonCommand({ clusterName, addonName }));
  wait();
  await k.send(new eks.DeleteAddonCommand({ clusterName, addonName }));
  await k.send(
    new eks.CreateNodegroupCommand({ clusterName, nodegroupName: 'n', nodeRole: role('node'), subnets: [] }),
  );
  await k.send(
    new eks.CreateFargateProfileCommand({
      clusterName,
      fargateProfileName: 'f',
      podExecutionRoleArn: role('fargate'),
    }),
  );
  await k.send(
    new eks.CreateCapabilityCommand({
      clusterName,
      capabilityName: 'ack',
      type: 'ACK',
      roleArn: role('ack'),
      deletePropagationPolicy: 'RETAIN',
    }),
  );
  const oidc = { identityProviderConfigName: 'dex', issuerUrl: 'https://dex.example.com', clientId: 'k' };
  await k.send(new eks.AssociateIdentityProviderConfigCommand({ clusterName, oidc }));
  wait();
  const identityProviderConfig = { type: 'oidc', name: 'dex' };
  await k.send(new eks.DisassociateIdentityProviderConfigCommand({ clusterName, identityProviderConfig }));
  await k.send(new eks.DeleteCapabilityCommand({ clusterName, capabilityName: 'ack' }));
  await k.send(new eks.DeleteFargateProfileCommand({ clusterName, fargateProfileName: 'f' }));
  await k.send(new eks.DeleteNodegroupCommand({ clusterName, nodegroupName: 'n' }));
  wait();
  const resourceArn = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop`;
  await k.send(new eks.TagResourceCommand({ resourceArn, tags: { a: 'b' } }));
  await k.send(new eks.UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  await k.send(new eks.DeleteClusterCommand({ name: 'shop' }));

  const OpenIDConnectProviderArn = provider;
  const of = { OpenIDConnectProviderArn };
  await i.send(new iam.AddClientIDToOpenIDConnectProviderCommand({ ...of, ClientID: 'x' }));
  await i.send(new iam.RemoveClientIDFromOpenIDConnectProviderCommand({ ...of, ClientID: 'x' }));
  await i.send(
    new iam.UpdateOpenIDConnectProviderThumbprintCommand({ ...of, ThumbprintList: ['0'.repeat(40)] }),
  );
  await i.send(new iam.TagOpenIDConnectProviderCommand({ ...of, Tags: [{ Key: 'a', Value: 'b' }] }));
  await i.send(new iam.UntagOpenIDConnectProviderCommand({ ...of, TagKeys: ['a'] }));
  await i.send(new iam.DeleteOpenIDConnectProviderCommand(of));
  await i.send(
    new iam.CreateOpenIDConnectProviderCommand({
      Url: `https://${issuer}`,
      ClientIDList: ['sts.amazonaws.com'],
    }),
  );
  await i.send(new iam.DeleteRoleCommand({ RoleName }));
  await i.send(new iam.DeletePolicyCommand({ PolicyArn }));
});

const read = (record: CloudTrailRecord) => readTrigger(toEventBridge(record));

/** Names that a trigger of an event has to carry. */
function expectedOf({ eventName, requestParameters }: CloudTrailRecord): object {
  if (/Role(?!WithWeb)|AssumeRolePolicy/.test(eventName))
    return {
      kind: 'role',
      roleName: eventName === 'CreateRole' ? expect.stringMatching(/^(?:api|other)$/) : 'api',
    };
  if (/Policy(?:Version)?$/.test(eventName) && !/AccessPolicy/.test(eventName))
    return { kind: 'policy', policyArn };
  if (eventName.includes('OpenIDConnectProvider')) return { kind: 'provider', issuer };
  const place = {
    region: REGION,
    clusterName: /^(?:CreateCluster|UpdateClusterConfig)$/.test(eventName) ? 'new' : 'shop',
  };
  if (eventName.includes('Association'))
    return {
      kind: 'association',
      ...place,
      associationId,
      namespace: 'payments',
      serviceAccount: 'api',
      roleArn: role('other'),
    };
  if (/Access(?:Entry|Policy)$/.test(eventName))
    return { kind: 'access-entry', ...place, principalArn: role('other') };
  if (eventName === 'AssumeRoleWithWebIdentity')
    return {
      kind: 'session',
      issuer,
      subject: POD,
      namespace: 'payments',
      serviceAccount: 'api',
      audience: 'sts.amazonaws.com',
      ...requestRole(requestParameters),
    };
  return { kind: 'cluster', ...place };
}

const requestRole = (parameters: object | null) =>
  parameters !== null && 'roleArn' in parameters ? { roleArn: parameters.roleArn } : {};

describe('what the simulator records', () => {
  it('of each of its writes and sessions was seen here', () => {
    const operations = [iamService, eksService, stsService].flatMap((service) =>
      [...service.operations].filter(([, { kind }]) => kind !== 'read').map(([name]) => name),
    );
    expect(new Set(records.map(({ eventName }) => eventName))).toEqual(new Set(operations));
  });

  it('is read with the names of what was changed, and by whom', () => {
    for (const record of records) {
      const { eventName } = record;
      const reading = read(record);
      if (NOT_FOLLOWED.has(eventName) || eventName === 'AssumeRole') {
        expect([eventName, reading.outcome]).toEqual([eventName, 'ignored']);
        continue;
      }
      expect([eventName, reading]).toMatchObject([
        eventName,
        { outcome: 'trigger', trigger: { account: ACCOUNT, ...expectedOf(record) } },
      ]);
      if (reading.outcome !== 'trigger') continue;
      expect(reading.trigger.failure?.code).toBe(record.errorCode);
      const actor =
        eventName === 'AssumeRoleWithWebIdentity' ? POD : `arn:aws:iam::${ACCOUNT}:role/people/Admin`;
      expect(Object.values(reading.trigger.actor)).toContain(actor);
    }
  });

  it('carries no credential beyond the reader', () => {
    expect(JSON.stringify(records.map(read))).not.toMatch(/ASIA|AKIA|HIDDEN|eyJ/);
  });
});
