/** One call, and what to keep of its answer for later calls (`{name}` in a text). */
interface Call {
  readonly operation: string;
  readonly input: object;
  readonly keep?: Readonly<Record<string, string>>;
}

const call = (operation: string, input: object = {}, keep?: Readonly<Record<string, string>>): Call => ({
  operation,
  input,
  ...(keep === undefined ? {} : { keep }),
});

const ACCOUNT = '123456789012';
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
const shop = { clusterName: 'shop' };
const cluster = (name: string, authenticationMode = 'API') => ({
  name,
  roleArn: role('cluster'),
  resourcesVpcConfig: { subnetIds: ['subnet-1'], endpointPublicAccess: false },
  accessConfig: { authenticationMode, bootstrapClusterCreatorAdminPermissions: false },
  logging: { clusterLogging: [{ types: ['audit'], enabled: true }] },
  tags: { 'team/owner': 'shop & more' },
});
const association = (serviceAccount: string, roleName = 'pods') => ({
  ...shop,
  namespace: 'shop',
  serviceAccount,
  roleArn: role(roleName),
});
const oidc = {
  identityProviderConfigName: 'people',
  issuerUrl: 'https://login.example.com',
  clientId: 'kube',
  requiredClaims: { team: 'shop' },
};

/** Every operation of the simulated EKS, with refusals and pages (of two) in between. */
export const SCRIPT: readonly Call[] = [
  call('CreateCluster', cluster('shop')),
  call('CreateCluster', cluster('shop')),
  call('CreateCluster', cluster('-bad-')),
  call('CreateCluster', cluster('b')),
  call('CreateCluster', cluster('c', 'CONFIG_MAP')),
  call('DescribeCluster', { name: 'shop' }, { arn: 'output.cluster.arn' }),
  call('DescribeCluster', { name: 'nobody' }),
  call('ListClusters', {}, { page: 'output.nextToken' }),
  call('ListClusters', { nextToken: '{page}' }),
  call('ListClusters', { nextToken: 'made up' }),
  call('ListClusters', { maxResults: 1 }),
  call(
    'UpdateClusterConfig',
    { name: 'c', accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' } },
    { update: 'output.update.id' },
  ),
  call('UpdateClusterConfig', { name: 'c', accessConfig: { authenticationMode: 'CONFIG_MAP' } }),
  call('DescribeUpdate', { name: 'c', updateId: '{update}' }),
  call('ListUpdates', { name: 'c' }),
  call('UpdateClusterVersion', { name: 'c', version: '1.35' }),

  call('CreateAddon', {
    ...shop,
    addonName: 'vpc-cni',
    podIdentityAssociations: [{ serviceAccount: 'aws-node', roleArn: role('pods') }],
  }),
  call('CreateAddon', { ...shop, addonName: 'vpc-cni' }),
  call('DescribeAddon', { ...shop, addonName: 'vpc-cni' }),
  call('ListAddons', shop),
  call('UpdateAddon', { ...shop, addonName: 'vpc-cni', addonVersion: 'v1.20.4-eksbuild.1' }),

  call('CreatePodIdentityAssociation', association('cart'), { cart: 'output.association.associationId' }),
  call('CreatePodIdentityAssociation', association('cart')),
  call('CreatePodIdentityAssociation', association('jobs', 'nobody')),
  call('CreatePodIdentityAssociation', {
    ...association('far'),
    targetRoleArn: role('target'),
    disableSessionTags: true,
  }),
  call('DescribePodIdentityAssociation', { ...shop, associationId: '{cart}' }),
  call('DescribePodIdentityAssociation', { ...shop, associationId: 'a-none' }),
  call('ListPodIdentityAssociations', shop, { page: 'output.nextToken' }),
  call('ListPodIdentityAssociations', { ...shop, nextToken: '{page}' }),
  call('ListPodIdentityAssociations', { ...shop, namespace: 'shop', serviceAccount: 'cart' }),
  call('UpdatePodIdentityAssociation', {
    ...shop,
    associationId: '{cart}',
    roleArn: role('pods'),
    disableSessionTags: true,
  }),
  call('UpdatePodIdentityAssociation', { ...shop, associationId: '{cart}' }),
  call('DeletePodIdentityAssociation', { ...shop, associationId: '{cart}' }),
  call('DeletePodIdentityAssociation', { ...shop, associationId: '{cart}' }),

  call('CreateAccessEntry', {
    ...shop,
    principalArn: role('people/admin'),
    kubernetesGroups: ['viewers'],
    tags: { a: 'b' },
  }),
  call('CreateAccessEntry', { ...shop, principalArn: role('people/admin') }),
  call('DescribeAccessEntry', { ...shop, principalArn: role('people/admin') }),
  call('DescribeAccessEntry', { ...shop, principalArn: role('nobody') }),
  call('ListAccessEntries', shop),
  call('UpdateAccessEntry', { ...shop, principalArn: role('people/admin'), kubernetesGroups: [] }),
  call('ListAccessPolicies', {}, { page: 'output.nextToken' }),
  call('ListAccessPolicies', { nextToken: '{page}' }),
  call('AssociateAccessPolicy', {
    ...shop,
    principalArn: role('people/admin'),
    policyArn: VIEW,
    accessScope: { type: 'namespace', namespaces: ['shop', 'team-*'] },
  }),
  call('ListAssociatedAccessPolicies', { ...shop, principalArn: role('people/admin') }),
  call('ListAccessEntries', { ...shop, associatedPolicyArn: VIEW }),
  call('DisassociateAccessPolicy', { ...shop, principalArn: role('people/admin'), policyArn: VIEW }),
  call('DeleteAccessEntry', { ...shop, principalArn: role('people/admin') }),
  call('DeleteAccessEntry', { ...shop, principalArn: role('people/admin') }),

  call('CreateNodegroup', {
    ...shop,
    nodegroupName: 'general',
    nodeRole: role('node'),
    subnets: ['subnet-1'],
    labels: { zone: 'a' },
    scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
  }),
  call('DescribeNodegroup', { ...shop, nodegroupName: 'general' }),
  call('ListNodegroups', shop),
  call('DeleteCluster', { name: 'shop' }),
  call('DeleteNodegroup', { ...shop, nodegroupName: 'general' }),
  call('CreateFargateProfile', {
    ...shop,
    fargateProfileName: 'jobs',
    podExecutionRoleArn: role('node'),
    selectors: [{ namespace: 'jobs', labels: { run: 'here' } }],
  }),
  call('DescribeFargateProfile', { ...shop, fargateProfileName: 'jobs' }),
  call('DescribeFargateProfile', { ...shop, fargateProfileName: 'none' }),
  call('ListFargateProfiles', shop),
  call('DeleteFargateProfile', { ...shop, fargateProfileName: 'jobs' }),

  call('CreateCapability', {
    ...shop,
    capabilityName: 'ack',
    type: 'ACK',
    roleArn: role('ack'),
    deletePropagationPolicy: 'RETAIN',
  }),
  call('DescribeCapability', { ...shop, capabilityName: 'ack' }),
  call('ListCapabilities', shop),
  call('DeleteCapability', { ...shop, capabilityName: 'ack' }),

  call('AssociateIdentityProviderConfig', { ...shop, oidc, tags: { a: 'b' } }),
  call('DescribeIdentityProviderConfig', {
    ...shop,
    identityProviderConfig: { type: 'oidc', name: 'people' },
  }),
  call('ListIdentityProviderConfigs', shop),
  call('DisassociateIdentityProviderConfig', {
    ...shop,
    identityProviderConfig: { type: 'oidc', name: 'people' },
  }),
  call('DescribeIdentityProviderConfig', {
    ...shop,
    identityProviderConfig: { type: 'oidc', name: 'people' },
  }),

  call('TagResource', { resourceArn: '{arn}', tags: { owner: 'jo', 'a b': 'c/d' } }),
  call('ListTagsForResource', { resourceArn: '{arn}' }),
  call('UntagResource', { resourceArn: '{arn}', tagKeys: ['owner', 'a b'] }),
  call('ListTagsForResource', { resourceArn: '{arn}' }),
  call('ListTagsForResource', { resourceArn: `{arn}x` }),

  call('DeleteAddon', { ...shop, addonName: 'vpc-cni' }),
  call('DeleteAddon', { ...shop, addonName: 'vpc-cni' }),
  call('DeleteCluster', { name: 'shop' }),
  call('DeleteCluster', { name: 'shop' }),
];
