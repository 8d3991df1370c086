import type { StubCall, StubService } from './stub-aws.ts';

/** Ids and names of the account that stubAccount answers for. */
export const ID = '111122223333';
export const BOUNDARY = `arn:aws:iam::${ID}:policy/boundary`;

export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
});
const DOCUMENT =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}';

const encoded = (text: string): string => encodeURIComponent(text);
const at = 1_767_225_600;
const created = new Date(at * 1000);

const roles = ['app', 'batch'].map((name, index) => ({
  RoleName: name,
  Arn: `arn:aws:iam::${ID}:role/team/${name}`,
  RoleId: `AROA${index}`,
  CreateDate: created,
  AssumeRolePolicyDocument: encoded(TRUST),
  RolePolicyList: [{ PolicyName: 'inline', PolicyDocument: encoded(DOCUMENT) }],
  AttachedManagedPolicies: [{ PolicyName: 'Own', PolicyArn: `arn:aws:iam::${ID}:policy/own` }],
  PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: BOUNDARY },
  Tags: [{ Key: 'team', Value: name }],
  RoleLastUsed: { LastUsedDate: created, Region: 'eu-west-1' },
}));

const policy = (name: string) => ({
  PolicyName: name,
  Arn: `arn:aws:iam::${ID}:policy/${name}`,
  DefaultVersionId: 'v2',
  PolicyVersionList: [
    { VersionId: 'v1', IsDefaultVersion: false, Document: encoded('{"old":true}') },
    { VersionId: 'v2', IsDefaultVersion: true, Document: encoded(DOCUMENT) },
  ],
});

const trailArn = `arn:aws:cloudtrail:us-east-1:${ID}:trail/main`;

/** One page of a list that holds one item per page: every list of the stub has two pages. */
function page<T>(items: readonly T[], token: unknown): { items: T[]; next: string | undefined } {
  const index = token === undefined ? 0 : Number(token);
  const item = items[index];
  return {
    items: item === undefined ? [] : [item],
    next: index + 1 < items.length ? String(index + 1) : undefined,
  };
}

const listOf =
  (key: string, items: readonly unknown[]) =>
  ({ input }: StubCall): object => {
    const { items: some, next } = page(items, input['nextToken']);
    return { [key]: some, ...(next === undefined ? {} : { nextToken: next }) };
  };

const clusterArn = `arn:aws:eks:eu-west-1:${ID}:cluster/prod`;

/** Answers by operation for an account with two enabled regions, and one cluster with two things in each list. */
export const ANSWERS: Readonly<Record<string, StubService>> = {
  GetCallerIdentity: () => ({
    Account: ID,
    Arn: `arn:aws:sts::${ID}:assumed-role/reader/me`,
    UserId: 'AROA:me',
  }),
  ListRegions: ({ input }) => {
    const { items, next } = page(['eu-north-1', 'eu-west-1'], input['NextToken']);
    return {
      Regions: items.map((RegionName) => ({ RegionName, RegionOptStatus: 'ENABLED_BY_DEFAULT' })),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  },
  GetAccountSummary: () => ({ SummaryMap: { AssumeRolePolicySizeQuota: 4096, Roles: 2 } }),
  GetAccountAuthorizationDetails: ({ input }) => {
    const { items, next } = page(roles, input['Marker']);
    return {
      RoleDetailList: items,
      Policies: input['Marker'] === undefined ? [policy('own'), policy('unused')] : [],
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { Marker: next }),
    };
  },
  GetPolicy: () => ({ Policy: { Arn: BOUNDARY, DefaultVersionId: 'v7' } }),
  GetPolicyVersion: () => ({
    PolicyVersion: { VersionId: 'v7', IsDefaultVersion: true, Document: encoded(DOCUMENT) },
  }),
  ListOpenIDConnectProviders: () => ({
    OpenIDConnectProviderList: ['1', '2'].map((id) => ({
      Arn: `arn:aws:iam::${ID}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/${id}`,
    })),
  }),
  GetOpenIDConnectProvider: ({ input }) => ({
    Url: String(input['OpenIDConnectProviderArn']).replace(/^.*oidc-provider\//, ''),
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
    CreateDate: created,
    Tags: [],
  }),
  DescribeTrails: ({ region }) => ({
    trailList: [
      {
        TrailARN: trailArn,
        HomeRegion: 'us-east-1',
        IsMultiRegionTrail: true,
        IsOrganizationTrail: false,
        HasCustomEventSelectors: true,
      },
      ...(region === 'eu-west-1'
        ? [
            {
              TrailARN: `arn:aws:cloudtrail:eu-west-1:${ID}:trail/local`,
              HomeRegion: 'eu-west-1',
              IsMultiRegionTrail: false,
              IsOrganizationTrail: false,
              HasCustomEventSelectors: true,
            },
          ]
        : []),
    ],
  }),
  GetTrailStatus: () => ({ IsLogging: true }),
  GetEventSelectors: () => ({
    EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' }],
  }),
  ListClusters: (call) =>
    call.region === 'eu-west-1' ? listOf('clusters', ['prod', 'test'])(call) : { clusters: [] },
  DescribeCluster: ({ input }) => ({
    cluster: {
      name: input['name'],
      arn: clusterArn.replace('prod', String(input['name'])),
      status: 'ACTIVE',
      version: '1.34',
      createdAt: at,
      roleArn: `arn:aws:iam::${ID}:role/control-plane`,
      identity: {
        oidc: { issuer: `https://oidc.eks.eu-west-1.amazonaws.com/id/${input['name'] === 'prod' ? 1 : 2}` },
      },
      accessConfig: { authenticationMode: input['name'] === 'prod' ? 'API' : 'CONFIG_MAP' },
      computeConfig: { enabled: false },
      resourcesVpcConfig: { endpointPublicAccess: true },
      logging: {
        clusterLogging: [
          { types: ['audit'], enabled: true },
          { types: ['api'], enabled: false },
        ],
      },
      tags: { env: 'production' },
    },
  }),
  ListAddons: (call) => onlyIn('prod', call, listOf('addons', ['coredns', 'eks-pod-identity-agent'])),
  DescribeAddon: ({ input }) => ({
    addon: {
      addonName: input['addonName'],
      addonVersion: 'v1',
      status: 'ACTIVE',
      podIdentityAssociations: [],
    },
  }),
  ListPodIdentityAssociations: (call) =>
    onlyIn(
      'prod',
      call,
      listOf(
        'associations',
        ['a-1', 'a-2'].map((associationId) => ({
          associationId,
          namespace: 'shop',
          serviceAccount: associationId,
        })),
      ),
    ),
  DescribePodIdentityAssociation: ({ input }) => ({
    association: {
      associationId: input['associationId'],
      associationArn: `arn:aws:eks:eu-west-1:${ID}:podidentityassociation/prod/${input['associationId']}`,
      namespace: 'shop',
      serviceAccount: input['associationId'],
      roleArn: `arn:aws:iam::${ID}:role/team/app`,
      disableSessionTags: false,
      createdAt: at,
      modifiedAt: at,
      tags: {},
    },
  }),
  ListAccessEntries: listOf('accessEntries', [`arn:aws:iam::${ID}:role/a`, `arn:aws:iam::${ID}:role/b`]),
  DescribeAccessEntry: ({ input }) => ({
    accessEntry: {
      principalArn: input['principalArn'],
      type: 'STANDARD',
      username: 'u',
      kubernetesGroups: ['g'],
      createdAt: at,
      modifiedAt: at,
    },
  }),
  ListAssociatedAccessPolicies: listOf(
    'associatedAccessPolicies',
    ['AmazonEKSAdminPolicy', 'AmazonEKSViewPolicy'].map((name) => ({
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
      accessScope: { type: 'namespace', namespaces: ['shop'] },
    })),
  ),
  ListNodegroups: (call) => onlyIn('prod', call, listOf('nodegroups', ['blue', 'green'])),
  DescribeNodegroup: ({ input }) => ({
    nodegroup: {
      nodegroupName: input['nodegroupName'],
      nodeRole: `arn:aws:iam::${ID}:role/node`,
      amiType: 'AL2023_x86_64_STANDARD',
    },
  }),
  ListFargateProfiles: (call) => onlyIn('prod', call, listOf('fargateProfileNames', ['one', 'two'])),
  DescribeFargateProfile: ({ input }) => ({
    fargateProfile: {
      fargateProfileName: input['fargateProfileName'],
      podExecutionRoleArn: `arn:aws:iam::${ID}:role/fargate`,
      selectors: [{ namespace: 'batch', labels: { tier: 'low' } }],
    },
  }),
  ListIdentityProviderConfigs: (call) =>
    onlyIn(
      'prod',
      call,
      listOf(
        'identityProviderConfigs',
        ['corp', 'lab'].map((name) => ({ name, type: 'oidc' })),
      ),
    ),
  DescribeIdentityProviderConfig: () => ({
    identityProviderConfig: { oidc: { issuerUrl: 'https://login.example.com' } },
  }),
  ListCapabilities: (call) =>
    onlyIn(
      'prod',
      call,
      listOf(
        'capabilities',
        ['ack', 'argo'].map((capabilityName) => ({ capabilityName, type: 'ACK' })),
      ),
    ),
  DescribeCapability: ({ input }) => ({
    capability: {
      capabilityName: input['capabilityName'],
      type: 'ACK',
      roleArn: `arn:aws:iam::${ID}:role/ack`,
    },
  }),
};

/** Lists of the other cluster are empty. */
function onlyIn(cluster: string, call: StubCall, list: (call: StubCall) => object): object {
  const answer = list(call);
  if (call.input['clusterName'] === cluster) return answer;
  return Object.fromEntries(Object.keys(answer).flatMap((key) => (key === 'nextToken' ? [] : [[key, []]])));
}

/** Answers as ANSWERS does. */
export const stubAccount: StubService = (call) => {
  const answer = ANSWERS[call.operation];
  if (!answer) throw new Error(`${call.operation} is not stubbed`);
  return answer(call);
};
