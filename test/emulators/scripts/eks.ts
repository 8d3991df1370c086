import { ACCOUNT, type Script, type Step } from '../step.ts';

const eks = (operation: string, input: Step['input'] = {}, more: Partial<Step> = {}): Step => ({
  service: 'eks',
  operation,
  input,
  ...more,
});

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const NETWORK = { subnetIds: ['subnet-1', 'subnet-2'] };

const create = (name: string, more: object = {}): Step =>
  eks('CreateCluster', { name, roleArn: role('cluster'), resourcesVpcConfig: NETWORK, ...more });

const nodeTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const podTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
});
const makeRole = (RoleName: string, AssumeRolePolicyDocument: string): Step => ({
  service: 'iam',
  operation: 'CreateRole',
  input: { RoleName, AssumeRolePolicyDocument },
});
const dropRole = (RoleName: string): Step => ({
  service: 'iam',
  operation: 'DeleteRole',
  input: { RoleName },
});

/** Clusters, their tags, and what is refused. */
export const clusters: Script = {
  name: 'clusters',
  steps: [
    create('shop', { tags: { team: 'shop' }, version: '1.33' }),
    { ...create('shop'), case: 'name taken' },
    eks('DescribeCluster', { name: 'shop' }, { keep: { arn: 'cluster.arn' } }),
    eks('DescribeCluster', { name: 'nobody' }, { case: 'no such cluster' }),
    eks('ListClusters'),
    eks('TagResource', { resourceArn: '{arn}', tags: { owner: 'jo' } }),
    eks('ListTagsForResource', { resourceArn: '{arn}' }),
    eks('UntagResource', { resourceArn: '{arn}', tagKeys: ['team'] }),
    eks('ListTagsForResource', { resourceArn: '{arn}' }, { case: 'after untagging' }),
    eks('DeleteCluster', { name: 'shop' }),
    eks('DeleteCluster', { name: 'nobody' }, { case: 'no such cluster' }),
    eks('ListClusters', {}, { case: 'none left' }),
  ],
};

/** Node groups, Fargate profiles and add-ons. */
export const compute: Script = {
  name: 'compute and add-ons',
  steps: [
    makeRole('node', nodeTrust),
    create('work'),
    eks('CreateNodegroup', {
      clusterName: 'work',
      nodegroupName: 'general',
      nodeRole: role('node'),
      subnets: ['subnet-1'],
    }),
    eks('DescribeNodegroup', { clusterName: 'work', nodegroupName: 'general' }),
    eks('DescribeNodegroup', { clusterName: 'work', nodegroupName: 'none' }, { case: 'no such node group' }),
    eks('ListNodegroups', { clusterName: 'work' }),
    eks('CreateFargateProfile', {
      clusterName: 'work',
      fargateProfileName: 'jobs',
      podExecutionRoleArn: role('node'),
      selectors: [{ namespace: 'jobs' }],
    }),
    eks('ListFargateProfiles', { clusterName: 'work' }),
    eks(
      'DescribeFargateProfile',
      { clusterName: 'work', fargateProfileName: 'none' },
      { case: 'no such profile' },
    ),
    eks('CreateAddon', { clusterName: 'work', addonName: 'vpc-cni', addonVersion: 'v1.20.4-eksbuild.1' }),
    eks('CreateAddon', { clusterName: 'work', addonName: 'vpc-cni' }, { case: 'installed already' }),
    eks('DescribeAddon', { clusterName: 'work', addonName: 'vpc-cni' }),
    eks('DescribeAddon', { clusterName: 'work', addonName: 'none' }, { case: 'no such add-on' }),
    eks('ListAddons', { clusterName: 'work' }),
    eks('DeleteAddon', { clusterName: 'work', addonName: 'vpc-cni' }),
    eks('DeleteFargateProfile', { clusterName: 'work', fargateProfileName: 'jobs' }),
    eks('DeleteNodegroup', { clusterName: 'work', nodegroupName: 'general' }),
    eks('ListNodegroups', { clusterName: 'work' }, { case: 'none left' }),
    eks('DeleteCluster', { name: 'work' }),
    dropRole('node'),
  ],
};

/** What EKS refuses because of something else. */
export const conflicts: Script = {
  name: 'EKS conflicts',
  steps: [
    makeRole('plain', nodeTrust),
    create('held', { accessConfig: { authenticationMode: 'CONFIG_MAP' } }),
    eks('CreateNodegroup', {
      clusterName: 'held',
      nodegroupName: 'general',
      nodeRole: role('plain'),
      subnets: ['subnet-1'],
    }),
    eks(
      'CreatePodIdentityAssociation',
      { clusterName: 'held', namespace: 'shop', serviceAccount: 'catalog', roleArn: role('plain') },
      { case: 'role that does not trust the service' },
    ),
    eks(
      'CreatePodIdentityAssociation',
      { clusterName: 'held', namespace: 'shop', serviceAccount: 'orders', roleArn: role('nobody') },
      { case: 'role that does not exist' },
    ),
    eks(
      'CreateAccessEntry',
      { clusterName: 'held', principalArn: role('plain') },
      { case: 'authentication mode CONFIG_MAP' },
    ),
    eks('DeleteCluster', { name: 'held' }, { case: 'node groups attached' }),
  ],
};

/** Access entries, access policies, Pod Identity associations. */
export const access: Script = {
  name: 'access and Pod Identity',
  steps: [
    makeRole('admin', nodeTrust),
    makeRole('pod', podTrust),
    create('door', {
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    }),
    eks('CreateAccessEntry', {
      clusterName: 'door',
      principalArn: role('admin'),
      kubernetesGroups: ['viewers'],
    }),
    eks('CreateAccessEntry', { clusterName: 'door', principalArn: role('admin') }, { case: 'there already' }),
    eks('DescribeAccessEntry', { clusterName: 'door', principalArn: role('admin') }),
    eks(
      'DescribeAccessEntry',
      { clusterName: 'door', principalArn: role('none') },
      { case: 'no such entry' },
    ),
    eks('ListAccessEntries', { clusterName: 'door' }),
    eks('AssociateAccessPolicy', {
      clusterName: 'door',
      principalArn: role('admin'),
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
      accessScope: { type: 'namespace', namespaces: ['shop'] },
    }),
    eks('ListAssociatedAccessPolicies', { clusterName: 'door', principalArn: role('admin') }),
    eks('DisassociateAccessPolicy', {
      clusterName: 'door',
      principalArn: role('admin'),
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
    }),
    eks('DeleteAccessEntry', { clusterName: 'door', principalArn: role('admin') }),
    eks('ListAccessEntries', { clusterName: 'door' }, { case: 'none left' }),
    eks(
      'CreatePodIdentityAssociation',
      { clusterName: 'door', namespace: 'shop', serviceAccount: 'cart', roleArn: role('pod') },
      { keep: { association: 'association.associationId' } },
    ),
    eks(
      'CreatePodIdentityAssociation',
      { clusterName: 'door', namespace: 'shop', serviceAccount: 'cart', roleArn: role('pod') },
      { case: 'ServiceAccount taken' },
    ),
    eks('DescribePodIdentityAssociation', { clusterName: 'door', associationId: '{association}' }),
    eks('ListPodIdentityAssociations', { clusterName: 'door' }),
    eks('DeletePodIdentityAssociation', { clusterName: 'door', associationId: '{association}' }),
    eks('ListPodIdentityAssociations', { clusterName: 'door' }, { case: 'none left' }),
    eks('ListIdentityProviderConfigs', { clusterName: 'door' }),
    eks('DeleteCluster', { name: 'door' }),
    dropRole('admin'),
    dropRole('pod'),
  ],
};
