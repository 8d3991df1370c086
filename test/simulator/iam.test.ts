import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  paginateGetAccountAuthorizationDetails,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotSimulatedError } from '../../simulator/attach.ts';
import { demoOrganization } from '../../simulator/demo/organization.ts';
import { PRODUCTION } from '../../simulator/demo/places.ts';
import type { CloudTrailRecord } from '../../simulator/records/record.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const statement = (principal: unknown) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });

describe('simulated IAM', () => {
  let simulation: Simulation;
  const iam = (account = ACCOUNT) => simulation.clients({ account })('iam', null, null);
  const create = (RoleName: string, trust: string, account = ACCOUNT) =>
    iam(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const trustOf = async (RoleName: string) => {
    const { Role } = await iam().send(new GetRoleCommand({ RoleName }));
    return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
  };

  beforeEach(() => {
    simulation = createSimulation({
      now: '2026-11-22T09:00:00Z',
      accounts: [{ id: ACCOUNT, quotas: { oidcProviders: 1 } }, { id: OTHER }],
    });
  });

  it('turns a deleted principal into its id in every trust policy, and does not turn it back', async () => {
    const service = statement({ Service: 'ec2.amazonaws.com' });
    const gone = (await create('gone', service, OTHER)).Role;
    const arn = `arn:aws:iam::${OTHER}:role/gone`;
    await create('lists', statement({ AWS: [arn, `arn:aws:iam::${OTHER}:root`] }));
    await create('single', statement({ AWS: arn }));
    await iam(OTHER).send(new DeleteRoleCommand({ RoleName: 'gone' }));
    expect((await trustOf('lists')).Statement[0].Principal.AWS).toEqual([
      gone?.RoleId,
      `arn:aws:iam::${OTHER}:root`,
    ]);
    await create('gone', service, OTHER);
    expect((await trustOf('single')).Statement[0].Principal.AWS).toBe(gone?.RoleId);
  });

  it.each([
    ['is no JSON', '{', 'MalformedPolicyDocumentException'],
    [
      'has no principal',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}',
      'MalformedPolicyDocumentException',
    ],
    [
      'names a role that does not exist',
      statement({ AWS: `arn:aws:iam::${OTHER}:role/nobody` }),
      'MalformedPolicyDocumentException',
    ],
    [
      'names the id of a principal that is gone',
      statement({ AWS: 'AROAQXF3MJ6LTB2VWEZ5K' }),
      'MalformedPolicyDocumentException',
    ],
    [
      'is longer than the quota',
      statement({ AWS: Array.from({ length: 80 }, (_, i) => `arn:aws:iam::${700000000000 + i}:root`) }),
      'LimitExceededException',
    ],
  ])('refuses a trust policy that %s', async (_, trust, name) => {
    await expect(create('app', trust)).rejects.toMatchObject({ name });
  });

  it('does not count whitespace against the quota, and trusts accounts outside the simulation', async () => {
    const padded = statement({ AWS: 'arn:aws:iam::999999999999:role/vendor' }).replace(
      '{',
      `{${' '.repeat(3000)}`,
    );
    await expect(create('app', padded)).resolves.toBeDefined();
  });

  it('leaves service-linked roles alone', async () => {
    simulation = demoOrganization();
    const RoleName = 'AWSServiceRoleForAmazonEKS';
    const PolicyDocument = statement({ Service: 'ec2.amazonaws.com' });
    await expect(
      iam(PRODUCTION.id).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
    ).rejects.toMatchObject({ name: 'UnmodifiableEntityException' });
  });

  it('gives the account in pages: roles, then the policies they use, with their documents', async () => {
    await create('b', statement({ Service: 'ec2.amazonaws.com' }));
    await create('a', statement({ Service: 'ec2.amazonaws.com' }));
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iam().send(new AttachRolePolicyCommand({ RoleName: 'a', PolicyArn: admin }));
    await iam().send(new PutRolePermissionsBoundaryCommand({ RoleName: 'b', PermissionsBoundary: admin }));
    await iam().send(new TagRoleCommand({ RoleName: 'a', Tags: [{ Key: 'team', Value: 'shop' }] }));
    const seen: string[] = [];
    for await (const page of paginateGetAccountAuthorizationDetails({ client: iam(), pageSize: 1 }, {})) {
      seen.push(...(page.RoleDetailList ?? []).map(({ RoleName }) => RoleName ?? ''));
      seen.push(...(page.Policies ?? []).map(({ PolicyName }) => PolicyName ?? ''));
    }
    expect(seen).toEqual(['a', 'b', 'AdministratorAccess']);
    const roles = await iam().send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }));
    expect(roles.Policies).toEqual([]);
    expect(roles.RoleDetailList).toMatchObject([
      { AttachedManagedPolicies: [{ PolicyArn: admin }], Tags: [{ Key: 'team', Value: 'shop' }] },
      { PermissionsBoundary: { PermissionsBoundaryArn: admin } },
    ]);
  });

  it('takes providers by https URL, once, up to the quota', async () => {
    const add = (Url: string) => iam().send(new CreateOpenIDConnectProviderCommand({ Url }));
    await expect(add('https://issuer.example:8443/x')).rejects.toMatchObject({ name: 'ValidationError' });
    await add('https://issuer.example/x');
    await expect(add('https://issuer.example/x')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    await expect(add('https://issuer.example/y')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('records a refused write with its error, and what was asked', async () => {
    const records: CloudTrailRecord[] = [];
    simulation.onRecord((record) => records.push(record));
    await expect(create('app', '{')).rejects.toThrow();
    simulation.faults.on('iam:CreateRole', { kind: 'denied' });
    await expect(create('app', '{}')).rejects.toThrow();
    expect(records).toMatchObject([
      {
        errorCode: 'MalformedPolicyDocumentException',
        requestParameters: { roleName: 'app' },
        responseElements: null,
      },
      { errorCode: 'AccessDenied', responseElements: null },
    ]);
  });

  it('says so when it lacks an operation, instead of answering something', async () => {
    await expect(
      iam().send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'eks.amazonaws.com' })),
    ).rejects.toBeInstanceOf(NotSimulatedError);
  });

  it('loses the answer of a write that it did, when a timeout says so', async () => {
    simulation.faults.on('iam:CreateRole', { kind: 'timeout', applied: true, times: 1 });
    await expect(create('app', statement({ Service: 'ec2.amazonaws.com' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      $metadata: { attempts: 2 },
    });
  });
});
