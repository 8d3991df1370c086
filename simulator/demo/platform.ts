import type { Account } from '../../shared/estate/snapshot.ts';
import { tools } from './insides/tools.ts';
import {
  association,
  cluster,
  clusterRoles,
  entries,
  irsaRoles,
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
  PLATFORM,
  PROD_SHOP,
  PRODUCTION,
  providerArn,
  STAGING_SHOP,
  TOOLS,
  VIRGINIA,
} from './places.ts';
import {
  document,
  forGithub,
  forPodtrust,
  forService,
  forSso,
  irsa,
  podIdentity,
  webIdentity,
} from './trusts.ts';

const featureFlags = [STAGING_SHOP, PROD_SHOP].map(({ issuer }) =>
  webIdentity(providerArn(PLATFORM, issuer), {
    StringEquals: {
      [`${issuer}:aud`]: 'sts.amazonaws.com',
      [`${issuer}:sub`]: 'system:serviceaccount:storefront:feature-flags',
    },
  }),
);

const roles = [
  ...clusterRoles(TOOLS),
  ...irsaRoles(TOOLS, [
    ['external-dns', 'external-dns', 'external-dns', 'external-dns', 'terraform'],
    ['load-balancer', 'kube-system', 'aws-load-balancer-controller', 'load-balancer', 'eksctl'],
    ['cert-manager', 'cert-manager', 'cert-manager', 'cert-manager', 'console'],
    ['argo-workflows', 'argo', 'argo-workflow', 'bucket', 'cdk'],
    ['harbor', 'harbor', 'harbor-registry', 'bucket', 'by-hand'],
    ['grafana', 'monitoring', 'grafana', 'metrics', 'terraform'],
  ]),
  ...(tools.roles ?? []),
  role(PLATFORM, 'tools-argocd', podIdentity(TOOLS, 'argocd', 'argocd-application-controller'), {
    permission: 'none',
  }),
  role(PLATFORM, 'shop-feature-flags', document(...featureFlags), { permission: 'table' }),
  role(
    PLATFORM,
    'crossplane-provider',
    irsa(STAGING_SHOP, 'crossplane', 'provider-aws', 'terraform', PLATFORM),
    {
      permission: 'table',
    },
  ),
  role(
    PLATFORM,
    'artifact-reader',
    document({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${PRODUCTION.id}:root` },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    }),
    { permission: 'bucket' },
  ),
  role(PLATFORM, 'github-release', forGithub(PLATFORM, 'releases'), { permission: 'bucket' }),
  role(PLATFORM, 'image-scan', forService('lambda.amazonaws.com'), {
    attached: [aws('service-role/AWSLambdaBasicExecutionRole')],
  }),
  role(PLATFORM, 'podtrust', forService('lambda.amazonaws.com'), { attached: [aws('SecurityAudit')] }),
  role(PLATFORM, SSO_ADMIN, forSso(PLATFORM), {
    path: SSO_PATH,
    created: SSO_SINCE,
    attached: [aws('AdministratorAccess')],
  }),
  role(PLATFORM, 'AWSReservedSSO_ReadOnly_31c5d0ae7f942b68', forSso(PLATFORM), {
    path: SSO_PATH,
    attached: [aws('ReadOnlyAccess')],
  }),
  role(PLATFORM, 'podtrust-read', forPodtrust(PLATFORM), { attached: [aws('SecurityAudit')] }),
  serviceLinkedRole(PLATFORM, 'eks.amazonaws.com', 'AmazonEKS'),
  serviceLinkedRole(PLATFORM, 'eks-nodegroup.amazonaws.com', 'AmazonEKSNodegroup'),
];

/** Shared services: the tools cluster, and roles that clusters of the other accounts use. */
export const platform: Account = {
  id: PLATFORM.id,
  name: PLATFORM.name,
  partition: 'aws',
  quotas: { trustPolicyLength: 2048 },
  roles,
  policies: policiesOf(roles),
  users: [],
  oidcProviders: [
    provider(PLATFORM, TOOLS.issuer, [], TOOLS.created),
    provider(PLATFORM, STAGING_SHOP.issuer),
    provider(PLATFORM, PROD_SHOP.issuer),
    provider(PLATFORM, GITHUB),
  ],
  trails: [trail(PLATFORM)],
  regions: [
    {
      name: FRANKFURT,
      clusters: [
        cluster(TOOLS, {
          podIdentityAssociations: [
            association(TOOLS, 'argocd', 'argocd-application-controller', 'tools-argocd'),
          ],
          accessEntries: entries(TOOLS, ...(tools.entries ?? [])),
        }),
      ],
    },
    { name: VIRGINIA, clusters: [] },
  ],
};
