import { describe, expect, it } from 'vitest';
import { eventReaders } from '../../shared/triggers/events/index.ts';
import { changePatterns } from '../../shared/triggers/pattern.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { matchesPattern } from '../../simulator/pipeline/event-pattern.ts';
import { sample, samples } from '../support/event-samples.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9';
const ROLE = 'arn:aws:iam::111122223333:role/pods/payments-api';
const DEVELOPER = 'arn:aws:iam::111122223333:role/people/Developer';
const ADMIN = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const document = expect.stringContaining('"Statement"');

const role = (change: string, more: object = {}) => ({
  kind: 'role',
  change,
  roleName: 'payments-api',
  ...more,
});
const policy = { kind: 'policy', policyArn: 'arn:aws:iam::111122223333:policy/teams/orders' };
const provider = (change: string) => ({ kind: 'provider', change, issuer: ISSUER });
const cluster = (change: string, more: object = {}) => ({
  kind: 'cluster',
  change,
  region: 'eu-west-1',
  clusterName: 'shop',
  roleArns: [],
  ...more,
});
const association = (change: string, more: object = {}) => ({
  kind: 'association',
  change,
  region: 'eu-west-1',
  clusterName: 'shop',
  associationId: 'a-0a1b2c3d4e5f60718',
  namespace: 'payments',
  serviceAccount: 'api',
  roleArn: ROLE,
  ...more,
});
const entry = (change: string, more: object = {}) => ({
  kind: 'access-entry',
  change,
  region: 'eu-west-1',
  clusterName: 'shop',
  principalArn: DEVELOPER,
  ...more,
});
const session = (via: string, more: object) => ({ kind: 'session', via, region: 'eu-west-1', ...more });
const clusterRole = 'arn:aws:iam::111122223333:role/shop-cluster';
const subject = {
  subject: 'system:serviceaccount:payments:api',
  namespace: 'payments',
  serviceAccount: 'api',
};
const token = { ...subject, issuer: ISSUER, audience: 'sts.amazonaws.com', roleArn: ROLE };
const pod = { namespace: 'payments', serviceAccount: 'api', clusterName: 'shop', roleArn: ROLE };
const NOTHING = 'nothing to do';

/** What each sample is read as, the common fields apart. */
const EXPECTED: Readonly<Record<string, object | typeof NOTHING>> = {
  'CreateRole/success': role('created', { document }),
  'CreateRole/without-parameters': role('created', { document }),
  'CreateRole/failure': role('created', { document }),
  'UpdateAssumeRolePolicy/success': role('trust-policy', { document }),
  'UpdateAssumeRolePolicy/failure': role('trust-policy', { document }),
  'UpdateAssumeRolePolicy/without-parameters': { kind: 'unplaced' },
  'DeleteRole/success': role('deleted'),
  'DeleteRole/failure': role('deleted'),
  'UpdateRole/success': role('settings'),
  'UpdateRoleDescription/success': role('settings'),
  'CreateServiceLinkedRole/not-followed': NOTHING,
  'AttachRolePolicy/success': role('permissions', {
    policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  }),
  'DetachRolePolicy/success': role('permissions', {
    policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  }),
  'PutRolePolicy/success': role('permissions'),
  'DeleteRolePolicy/success': role('permissions'),
  'PutRolePermissionsBoundary/success': role('permissions', {
    policyArn: 'arn:aws:iam::111122223333:policy/boundaries/pods',
  }),
  'DeleteRolePermissionsBoundary/success': role('permissions'),
  'TagRole/success': role('settings'),
  'UntagRole/success': role('settings'),
  'CreatePolicyVersion/success': policy,
  'SetDefaultPolicyVersion/success': policy,
  'DeletePolicyVersion/success': policy,
  'DeletePolicy/success': policy,
  'CreateOpenIDConnectProvider/success': provider('created'),
  'CreateOpenIDConnectProvider/failure': provider('created'),
  'DeleteOpenIDConnectProvider/success': provider('deleted'),
  'DeleteOpenIDConnectProvider/other-spelling': provider('deleted'),
  'AddClientIDToOpenIDConnectProvider/success': provider('changed'),
  'RemoveClientIDFromOpenIDConnectProvider/success': provider('changed'),
  'UpdateOpenIDConnectProviderThumbprint/success': provider('changed'),
  'TagOpenIDConnectProvider/success': provider('changed'),
  'UntagOpenIDConnectProvider/success': provider('changed'),
  'CreateCluster/success': cluster('created', { roleArns: [clusterRole] }),
  'CreateCluster/other-key': cluster('created', { roleArns: [clusterRole] }),
  'CreateCluster/failure': cluster('created', { roleArns: [clusterRole] }),
  'DeleteCluster/success': cluster('deleted', { issuer: ISSUER }),
  'UpdateClusterConfig/success': cluster('changed'),
  'UpdateClusterVersion/success': cluster('changed'),
  'CancelUpdate/success': cluster('changed'),
  'CreateAddon/success': cluster('changed', { addon: 'eks-pod-identity-agent' }),
  'UpdateAddon/success': cluster('changed', {
    addon: 'aws-ebs-csi-driver',
    roleArns: ['arn:aws:iam::111122223333:role/ebs-csi', 'arn:aws:iam::111122223333:role/ebs-csi-pods'],
  }),
  'DeleteAddon/success': cluster('changed', { addon: 'eks-pod-identity-agent' }),
  'AssociateIdentityProviderConfig/success': cluster('changed'),
  'DisassociateIdentityProviderConfig/success': cluster('changed'),
  'CreateNodegroup/success': cluster('changed', { roleArns: ['arn:aws:iam::111122223333:role/shop-node'] }),
  'DeleteNodegroup/success': cluster('changed'),
  'CreateFargateProfile/success': cluster('changed', {
    roleArns: ['arn:aws:iam::111122223333:role/shop-fargate'],
  }),
  'DeleteFargateProfile/success': cluster('changed'),
  'CreateCapability/success': cluster('changed', { roleArns: ['arn:aws:iam::111122223333:role/shop-ack'] }),
  'UpdateCapability/success': cluster('changed', { roleArns: ['arn:aws:iam::111122223333:role/shop-ack'] }),
  'DeleteCapability/success': cluster('changed'),
  'CreateCertificateAuthority/success': cluster('changed'),
  'ActivateCertificateAuthority/success': cluster('changed'),
  'DeleteCertificateAuthority/success': cluster('changed'),
  'TagResource/success': cluster('changed'),
  'UntagResource/success': cluster('changed'),
  'CreatePodIdentityAssociation/success': association('created'),
  'CreatePodIdentityAssociation/other-key': association('created', {
    targetRoleArn: 'arn:aws:iam::444455556666:role/payments-data',
  }),
  'CreatePodIdentityAssociation/failure': {
    ...association('created'),
    associationId: undefined,
  },
  'UpdatePodIdentityAssociation/success': association('changed', {
    roleArn: 'arn:aws:iam::111122223333:role/pods/reports',
  }),
  'DeletePodIdentityAssociation/success': association('deleted'),
  'DeletePodIdentityAssociation/without-answer': {
    kind: 'association',
    change: 'deleted',
    region: 'eu-west-1',
    clusterName: 'shop',
    associationId: 'a-0a1b2c3d4e5f60718',
  },
  'CreateAccessEntry/success': entry('created'),
  'CreateAccessEntry/failure': entry('created'),
  'UpdateAccessEntry/success': entry('changed'),
  'DeleteAccessEntry/success': entry('deleted'),
  'AssociateAccessPolicy/success': entry('changed', { policyArn: ADMIN }),
  'AssociateAccessPolicy/failure': NOTHING,
  'DisassociateAccessPolicy/success': entry('changed', { policyArn: ADMIN }),
  'AssumeRoleWithWebIdentity/success': session('web-identity', token),
  'AssumeRoleWithWebIdentity/failure': session('web-identity', token),
  'AssumeRoleWithWebIdentity/failure-abridged': session('web-identity', { ...subject, roleArn: ROLE }),
  'AssumeRoleWithWebIdentity/failure-invalid-token': session('web-identity', { roleArn: ROLE }),
  'AssumeRoleWithWebIdentity/github-actions': NOTHING,
  'AssumeRoleForPodIdentity/success': session('pod-identity', { clusterName: 'shop' }),
  'AssumeRoleForPodIdentity/failure': session('pod-identity', { clusterName: 'shop' }),
  'AssumeRole/pod-identity': session('pod-identity-role', pod),
  'AssumeRole/pod-identity-without-tags': session('pod-identity-role', { roleArn: ROLE }),
  'AssumeRole/person': NOTHING,
  'AssumeRole/failure': NOTHING,
};

/** Writes that no rule lets through: AWS makes these roles for its services alone, and nobody can change whom they trust. */
const NOT_FOLLOWED = ['CreateServiceLinkedRole'];

it('each sample is expected to be something, and each event that is read has one', () => {
  expect([...samples.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
  expect(new Set([...samples.values()].map(({ detail }) => detail.eventName))).toEqual(
    new Set([...eventReaders.map(({ name }) => name), ...NOT_FOLLOWED]),
  );
});

describe.each(Object.entries(EXPECTED))('%s', (name, expected) => {
  const event = sample(name);
  const reading = readTrigger(event);

  it('lies in the folder of its event, under the source of its service', () => {
    expect(name.split('/')[0]).toBe(event.detail.eventName);
    expect(`${event.source.slice(4)}.amazonaws.com`).toBe(event.detail.eventSource);
  });

  it('is read as what happened', () => {
    if (expected === NOTHING) {
      expect(reading.outcome).toBe('ignored');
      return;
    }
    if (reading.outcome !== 'trigger') throw new Error(`${reading.outcome}: ${reading.reason}`);
    const { account, event: source, actor, failure, ...rest } = reading.trigger;
    expect(rest).toEqual(expected);
    expect(account).toBe('111122223333');
    expect(source).toMatchObject({
      id: event.detail.eventID,
      name: event.detail.eventName,
      time: new Date(event.detail.eventTime).toISOString(),
      sourceAddress: expect.any(String),
    });
    expect(actor.arn ?? actor.session ?? actor.service ?? actor.type).toMatch(/\w/);
    expect(failure?.code).toBe(event.detail.errorCode);
  });

  it('keeps nothing secret', () => {
    const kept = JSON.stringify(reading);
    expect(kept).not.toMatch(/ASIA|AKIA|IQoJ|HIDDEN|eyJ/);
  });

  it('comes through the rules when it changed something, and only then', () => {
    const { readOnly, errorCode, eventName } = event.detail;
    const changed = !readOnly && errorCode === undefined && !NOT_FOLLOWED.includes(eventName);
    const taken = changePatterns().filter((pattern) => matchesPattern(pattern, event));
    expect(taken).toHaveLength(changed ? 1 : 0);
  });
});
