import type { Account } from '../../shared/estate/snapshot.ts';
import { prodData } from './insides/prod-data.ts';
import { prodEdge } from './insides/prod-edge.ts';
import { prodShop } from './insides/prod-shop.ts';
import {
  addons,
  association,
  cluster,
  clusterRoles,
  entries,
  fargateEntry,
  irsaRoles,
  nodegroups,
  policiesOf,
  provider,
  role,
  SSO_ADMIN,
  SSO_PATH,
  SSO_SINCE,
  serviceLinkedRole,
  trail,
} from './parts.ts';
import { assuming, aws } from './permissions.ts';
import {
  FRANKFURT,
  GITHUB,
  OLD_PROD_EDGE,
  PLATFORM,
  PROD_DATA,
  PROD_EDGE,
  PROD_SHOP,
  PRODUCTION,
  providerArn,
  roleArn,
  VENDOR,
  VIRGINIA,
} from './places.ts';
import { document, forGithub, forPodtrust, forService, forSso, podIdentity, webIdentity } from './trusts.ts';

const subject = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
const shop = PROD_SHOP.issuer;
const shopProvider = providerArn(PRODUCTION, shop);
const data = PROD_DATA.issuer;
const dataProvider = providerArn(PRODUCTION, data);
const shopAudience = { [`${shop}:aud`]: 'sts.amazonaws.com' };

/** Workers of the import pipeline: one policy for all of them, grown over the years. */
const IMPORTERS = Array.from({ length: 31 }, (_, index) =>
  subject('imports', `supplier-import-${String(index + 1).padStart(2, '0')}`),
);

const webIdentityMistakes = [
  role(
    PRODUCTION,
    'prod-shop-image-resizer',
    document(
      webIdentity(shopProvider, {
        StringEquals: { ...shopAudience, [`${shop}:sub`]: 'system:serviceaccount:media:*' },
      }),
    ),
    { permission: 'bucket' },
  ),
  role(
    PRODUCTION,
    'prod-shop-velero',
    document(
      webIdentity(shopProvider, {
        StringEquals: { ...shopAudience, [`https://${shop}:sub`]: subject('velero', 'velero-server') },
      }),
    ),
    { permission: 'bucket' },
  ),
  role(
    PRODUCTION,
    'prod-shop-search-indexer',
    document(
      webIdentity(shopProvider, {
        StringEquals: {
          [`${shop}:aud`]: 'sts.eu-central-1.amazonaws.com',
          [`${shop}:sub`]: subject('search', 'indexer'),
        },
      }),
    ),
    { permission: 'queue' },
  ),
  role(
    PRODUCTION,
    'prod-shop-batch',
    document(
      webIdentity(shopProvider, {
        StringEquals: shopAudience,
        StringNotLike: { [`${shop}:sub`]: 'system:serviceaccount:kube-system:*' },
      }),
    ),
    { permission: 'queue' },
  ),
  role(
    PRODUCTION,
    'prod-shop-notifications',
    document(
      webIdentity(shopProvider, {
        StringEquals: { ...shopAudience, [`${shop}:sub`]: subject('shop', 'notifications') },
      }),
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ),
    { permission: 'queue' },
  ),
  role(
    PRODUCTION,
    'prod-shop-supplier-import',
    document(webIdentity(shopProvider, { StringEquals: { ...shopAudience, [`${shop}:sub`]: IMPORTERS } })),
    { permission: 'queue' },
  ),
  role(
    PRODUCTION,
    'vendor-scanner',
    document(
      webIdentity(providerArn(PRODUCTION, VENDOR), {
        StringEquals: {
          [`${VENDOR}:aud`]: 'sts.amazonaws.com',
          [`${VENDOR}:sub`]: subject('scanner', 'scanner'),
        },
      }),
    ),
    { permission: 'metrics' },
  ),
  role(
    PRODUCTION,
    'prod-data-report-export',
    document(webIdentity(dataProvider, { StringEquals: { [`${data}:aud`]: 'sts.amazonaws.com' } })),
    { permission: 'bucket' },
  ),
  role(
    PRODUCTION,
    'prod-data-etl',
    document(
      webIdentity(dataProvider, {
        StringEquals: { [`${data}:aud`]: 'sts.amazonaws.com', [`${data}:sub`]: subject('etl', 'etl-runner') },
      }),
      { Effect: 'Allow', Principal: { AWS: 'AROAQXF3MJ6LTB2VWEZ5K' }, Action: 'sts:AssumeRole' },
    ),
    { permission: 'bucket' },
  ),
  role(
    PRODUCTION,
    'prod-edge-external-dns',
    document(
      webIdentity(providerArn(PRODUCTION, OLD_PROD_EDGE), {
        StringEquals: {
          [`${OLD_PROD_EDGE}:aud`]: 'sts.amazonaws.com',
          [`${OLD_PROD_EDGE}:sub`]: subject('external-dns', 'external-dns'),
        },
      }),
    ),
    { permission: 'external-dns' },
  ),
];

const terraformRunner = role(
  PRODUCTION,
  'prod-edge-terraform-runner',
  document(
    webIdentity(providerArn(PRODUCTION, PROD_EDGE.issuer), {
      StringLike: { [`${PROD_EDGE.issuer}:sub`]: 'system:serviceaccount:*:*' },
      StringEquals: { [`${PROD_EDGE.issuer}:aud`]: 'sts.amazonaws.com' },
    }),
  ),
  { attached: [aws('AdministratorAccess')] },
);

const podIdentityMistakes = [
  role(
    PRODUCTION,
    'prod-shop-payments',
    document({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': PRODUCTION.id } },
    }),
    { permission: 'queue' },
  ),
  role(PRODUCTION, 'prod-data-ledger', podIdentity(PROD_DATA, 'ledger', 'ledger'), { permission: 'table' }),
  role(
    PRODUCTION,
    'prod-data-platform-operator',
    document({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    }),
    { attached: [aws('AdministratorAccess')] },
  ),
  role(PRODUCTION, 'prod-data-quality', podIdentity(PROD_DATA, 'quality', 'quality-checks'), {
    permission: 'bucket',
  }),
];

const roles = [
  ...clusterRoles(PROD_SHOP),
  ...clusterRoles(PROD_DATA),
  ...clusterRoles(PROD_EDGE),
  ...irsaRoles(PROD_SHOP, [
    ['external-dns', 'external-dns', 'external-dns', 'external-dns', 'terraform'],
    ['load-balancer', 'kube-system', 'aws-load-balancer-controller', 'load-balancer', 'terraform'],
    ['karpenter', 'karpenter', 'karpenter', 'karpenter', 'console'],
    ['ebs-csi', 'kube-system', 'ebs-csi-controller-sa', 'ebs-csi', 'eksctl'],
    ['fluent-bit', 'logging', 'fluent-bit', 'logs', 'eksctl'],
    ['cert-manager', 'cert-manager', 'cert-manager', 'cert-manager', 'cdk'],
    ['catalog', 'shop', 'catalog', 'table', 'terraform'],
    ['cart', 'shop', 'cart', 'table', 'by-hand'],
  ]),
  ...irsaRoles(PROD_DATA, [
    ['external-dns', 'external-dns', 'external-dns', 'external-dns', 'terraform'],
    ['karpenter', 'karpenter', 'karpenter', 'karpenter', 'terraform'],
    ['airflow', 'airflow', 'airflow-worker', 'bucket', 'cdk'],
  ]),
  ...irsaRoles(PROD_EDGE, [
    ['load-balancer', 'kube-system', 'aws-load-balancer-controller', 'load-balancer', 'terraform'],
    ['waf-sync', 'edge', 'waf-sync', 'metrics', 'console'],
  ]),
  ...(prodShop.roles ?? []),
  ...(prodData.roles ?? []),
  ...(prodEdge.roles ?? []),
  ...webIdentityMistakes,
  ...podIdentityMistakes,
  terraformRunner,
  role(PRODUCTION, 'prod-shop-storefront', podIdentity(PROD_SHOP, 'shop', 'storefront'), {
    permission: 'table',
  }),
  role(PRODUCTION, 'prod-data-artifacts', podIdentity(PROD_DATA, 'build', 'artifact-sync'), {
    inline: assuming(roleArn(PLATFORM, 'artifact-reader')),
  }),
  role(PRODUCTION, 'prod-edge-cache', podIdentity(PROD_EDGE, 'edge', 'cache'), { permission: 'table' }),
  role(PRODUCTION, 'prod-edge-fargate', forService('eks-fargate-pods.amazonaws.com'), {
    attached: [aws('service-role/AmazonEKSFargatePodExecutionRolePolicy')],
  }),
  role(PRODUCTION, 'github-deploy', forGithub(PRODUCTION, 'shop'), { permission: 'bucket' }),
  role(PRODUCTION, 'invoice-renderer', forService('lambda.amazonaws.com'), {
    attached: [aws('service-role/AWSLambdaBasicExecutionRole')],
  }),
  role(PRODUCTION, SSO_ADMIN, forSso(PRODUCTION), {
    path: SSO_PATH,
    created: SSO_SINCE,
    attached: [aws('AdministratorAccess')],
  }),
  role(PRODUCTION, 'podtrust-read', forPodtrust(PLATFORM), { attached: [aws('SecurityAudit')] }),
  serviceLinkedRole(PRODUCTION, 'eks.amazonaws.com', 'AmazonEKS'),
  serviceLinkedRole(PRODUCTION, 'elasticloadbalancing.amazonaws.com', 'ElasticLoadBalancing'),
];

const ebsCsi = {
  name: 'aws-ebs-csi-driver',
  version: 'v1.50.1-eksbuild.1',
  status: 'ACTIVE',
  serviceAccountRoleArn: roleArn(PRODUCTION, 'prod-shop-ebs-csi'),
};

/** Production: three clusters, one of them on EKS Auto Mode, one rebuilt last month. */
export const production: Account = {
  id: PRODUCTION.id,
  name: PRODUCTION.name,
  partition: 'aws',
  quotas: { trustPolicyLength: 2048 },
  roles,
  policies: policiesOf(roles),
  users: [],
  oidcProviders: [
    provider(PRODUCTION, shop, ['sts.amazonaws.com'], PROD_SHOP.created),
    provider(PRODUCTION, data, ['sts.amazonaws.com', 'vault.bramble.example'], PROD_DATA.created),
    provider(PRODUCTION, PROD_EDGE.issuer, ['sts.amazonaws.com'], PROD_EDGE.created),
    provider(PRODUCTION, VENDOR, ['sts.amazonaws.com'], '2025-12-01T10:00:00.000Z'),
    provider(PRODUCTION, GITHUB),
  ],
  trails: [trail(PRODUCTION)],
  regions: [
    {
      name: FRANKFURT,
      clusters: [
        cluster(PROD_SHOP, {
          authenticationMode: 'API_AND_CONFIG_MAP',
          addons: addons(PROD_SHOP, [ebsCsi]),
          accessEntries: entries(PROD_SHOP, ...(prodShop.entries ?? [])),
          nodegroups: nodegroups(PROD_SHOP, prodShop.nodegroups),
          podIdentityAssociations: [
            association(PROD_SHOP, 'shop', 'payments', 'prod-shop-payments'),
            association(PROD_SHOP, 'shop', 'storefront', 'prod-shop-storefront'),
          ],
        }),
      ],
    },
    {
      name: VIRGINIA,
      clusters: [
        cluster(PROD_DATA, {
          autoMode: true,
          addons: [],
          accessEntries: entries(PROD_DATA, ...(prodData.entries ?? [])),
          podIdentityAssociations: [
            association(PROD_DATA, 'build', 'artifact-sync', 'prod-data-artifacts', {
              targetRoleArn: roleArn(PLATFORM, 'artifact-reader'),
              externalId: `aws/us-east-1/${PRODUCTION.id}/prod-data/artifact-sync`,
            }),
            association(PROD_DATA, 'ledger', 'ledger', 'prod-data-ledger', { disableSessionTags: true }),
            association(PROD_DATA, 'platform', 'operator', 'prod-data-platform-operator'),
            ...(prodData.associations ?? []),
          ],
        }),
        cluster(PROD_EDGE, {
          creator: {
            arn: roleArn(PRODUCTION, SSO_ADMIN, SSO_PATH),
            session: 'noor@bramble.example',
            at: PROD_EDGE.created,
          },
          podIdentityAssociations: [
            association(PROD_EDGE, 'edge', 'cache', 'prod-edge-cache'),
            ...(prodEdge.associations ?? []),
          ],
          accessEntries: entries(
            PROD_EDGE,
            fargateEntry(PROD_EDGE, 'prod-edge-fargate'),
            ...(prodEdge.entries ?? []),
          ),
          fargateProfiles: [
            {
              name: 'edge',
              roleArn: roleArn(PRODUCTION, 'prod-edge-fargate'),
              selectors: [{ namespace: 'edge-jobs' }],
            },
          ],
        }),
      ],
    },
  ],
};
