import type { Account } from '../../shared/estate/snapshot.ts';
import { stagingData } from './insides/staging-data.ts';
import { stagingShop } from './insides/staging-shop.ts';
import {
  addons,
  association,
  cluster,
  clusterRoles,
  entries,
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
import { aws } from './permissions.ts';
import {
  FRANKFURT,
  GITHUB,
  LOAD_TEST,
  PLATFORM,
  providerArn,
  roleArn,
  STAGING,
  STAGING_DATA,
  STAGING_SHOP,
  VIRGINIA,
} from './places.ts';
import { document, forGithub, forPodtrust, forSso, podIdentity, webIdentity } from './trusts.ts';

const shop = STAGING_SHOP.issuer;
const shopProvider = providerArn(STAGING, shop);
const subject = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** Somebody wrote the host the wrong way round. */
const TURNED_ROUND = shop.replace('oidc.eks.eu-central-1', 'oidc.eu-central-1.eks');

const broken = [
  role(
    STAGING,
    'staging-shop-cert-manager',
    document(
      webIdentity(providerArn(STAGING, TURNED_ROUND), {
        StringEquals: {
          [`${TURNED_ROUND}:aud`]: 'sts.amazonaws.com',
          [`${TURNED_ROUND}:sub`]: subject('cert-manager', 'cert-manager'),
        },
      }),
    ),
    { permission: 'cert-manager' },
  ),
  role(
    STAGING,
    'staging-shop-fluent-bit',
    document(
      webIdentity(shopProvider, {
        StringEquals: {
          [`${shop}:aud`]: subject('logging', 'fluent-bit'),
          [`${shop}:sub`]: 'sts.amazonaws.com',
        },
      }),
    ),
    { permission: 'logs' },
  ),
  role(
    STAGING,
    'staging-shop-checkout',
    document(
      webIdentity(
        shopProvider,
        {
          StringEquals: {
            [`${shop}:aud`]: 'sts.amazonaws.com',
            [`${shop}:sub`]: subject('shop', 'checkout'),
          },
        },
        'sts:AssumeRole',
      ),
    ),
    { permission: 'queue' },
  ),
  role(
    STAGING,
    'staging-shop-orders',
    document(
      webIdentity(shopProvider, {
        StringEquals: { [`${shop}:aud`]: 'sts.amazonaws.com' },
        'ForAllValues:StringEquals': { [`${shop}:sub`]: [subject('shop', 'orders')] },
      }),
    ),
    { permission: 'table' },
  ),
  role(
    STAGING,
    'staging-shop-log-archive',
    document(
      webIdentity(shopProvider, {
        StringEquals: {
          [`${shop}:aud`]: 'sts.amazonaws.com',
          [`${shop}:sub`]: 'system:serviceaccount:Logging:log_archive',
        },
      }),
    ),
    { permission: 'bucket' },
  ),
  role(STAGING, 'staging-upload', document({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }), {
    permission: 'bucket',
  }),
];

const roles = [
  ...clusterRoles(STAGING_SHOP, 'bucket'),
  ...clusterRoles(STAGING_DATA),
  ...irsaRoles(STAGING_SHOP, [
    ['external-dns', 'external-dns', 'external-dns', 'external-dns', 'eksctl'],
    ['load-balancer', 'kube-system', 'aws-load-balancer-controller', 'load-balancer', 'terraform'],
    ['autoscaler', 'kube-system', 'cluster-autoscaler', 'autoscaler', 'console'],
    ['catalog', 'shop', 'catalog', 'table', 'cdk'],
    ['search', 'shop', 'search', 'queue', 'by-hand'],
  ]),
  ...irsaRoles(STAGING_DATA, [
    ['external-dns', 'external-dns', 'external-dns', 'external-dns', 'terraform'],
    ['airflow', 'airflow', 'airflow-worker', 'bucket', 'terraform'],
    ['spark', 'spark', 'spark-driver', 'bucket', 'terraform'],
  ]),
  ...(stagingShop.roles ?? []),
  ...(stagingData.roles ?? []),
  ...broken,
  role(STAGING, 'staging-shop-ebs-csi', podIdentity(STAGING_SHOP, 'kube-system', 'ebs-csi-controller-sa'), {
    attached: [aws('service-role/AmazonEBSCSIDriverPolicy')],
  }),
  role(STAGING, 'github-deploy', forGithub(STAGING, 'shop'), { permission: 'bucket' }),
  role(STAGING, SSO_ADMIN, forSso(STAGING), {
    path: SSO_PATH,
    created: SSO_SINCE,
    attached: [aws('AdministratorAccess')],
  }),
  role(STAGING, 'podtrust-read', forPodtrust(PLATFORM), { attached: [aws('SecurityAudit')] }),
  serviceLinkedRole(STAGING, 'eks.amazonaws.com', 'AmazonEKS'),
];

/** Staging: where people try things, and where most of the mistakes are. */
export const staging: Account = {
  id: STAGING.id,
  name: STAGING.name,
  partition: 'aws',
  quotas: { trustPolicyLength: 2048 },
  roles,
  policies: policiesOf(roles),
  users: [],
  oidcProviders: [
    provider(STAGING, shop, ['sts.amazonaws.com'], STAGING_SHOP.created),
    provider(STAGING, LOAD_TEST, ['sts.amazonaws.com'], '2026-02-14T16:05:00.000Z'),
    provider(STAGING, GITHUB),
  ],
  trails: [
    trail(STAGING, {
      arn: `arn:aws:cloudtrail:eu-central-1:${STAGING.id}:trail/audit`,
      homeRegion: FRANKFURT,
      multiRegion: false,
    }),
  ],
  regions: [
    {
      name: FRANKFURT,
      clusters: [
        cluster(STAGING_SHOP, {
          addons: addons(
            STAGING_SHOP,
            [{ name: 'eks-pod-identity-agent', version: 'v1.3.9-eksbuild.3', status: 'CREATE_FAILED' }],
            ['eks-pod-identity-agent'],
          ),
          podIdentityAssociations: [
            association(STAGING_SHOP, 'kube-system', 'ebs-csi-controller-sa', 'staging-shop-ebs-csi'),
            association(STAGING_SHOP, 'shop', 'recommendations', 'staging-shop-recommendations'),
          ],
          accessEntries: entries(STAGING_SHOP, ...(stagingShop.entries ?? [])),
          nodegroups: nodegroups(STAGING_SHOP, stagingShop.nodegroups),
        }),
      ],
    },
    {
      name: VIRGINIA,
      clusters: [
        cluster(STAGING_DATA, {
          logging: [],
          authenticationMode: 'CONFIG_MAP',
          accessEntries: [],
          creator: {
            arn: roleArn(STAGING, 'github-deploy'),
            session: 'GitHubActions',
            at: STAGING_DATA.created,
          },
        }),
      ],
    },
  ],
};
