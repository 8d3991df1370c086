import { ROLE_ANNOTATION } from '../../../shared/kubernetes/injection/binding.ts';
import { groupBinding } from '../kubernetes.ts';
import { accessPolicy, entry, irsaRoles, nodeRole, role } from '../parts.ts';
import { PROD_SHOP, PRODUCTION, roleArn } from '../places.ts';
import { forSso } from '../trusts.ts';
import { type Inside, nodeRow, rows } from './inside.ts';

const people = { created: '2024-11-01T09:00:00.000Z' };

/** The oldest cluster: half of who may enter is still in aws-auth. */
export const prodShop: Inside = {
  roles: [
    ...irsaRoles(PROD_SHOP, [['pricing', 'shop', 'pricing', 'table', 'terraform']]),
    role(PRODUCTION, 'prod-shop-release', forSso(PRODUCTION), { ...people, path: '/delivery/' }),
    role(PRODUCTION, 'prod-shop-legacy-ops', forSso(PRODUCTION), people),
    role(PRODUCTION, 'prod-shop-support', forSso(PRODUCTION), people),
    nodeRole(PROD_SHOP, 'prod-shop-batch-node'),
  ],
  entries: [
    entry(PROD_SHOP, roleArn(PRODUCTION, 'prod-shop-support'), {
      policies: [accessPolicy('AmazonEKSViewPolicy')],
      created: '2025-10-06T12:00:00.000Z',
    }),
  ],
  nodegroups: [
    {
      name: 'batch',
      roleArn: roleArn(PRODUCTION, 'prod-shop-batch-node'),
      amiType: 'AL2023_x86_64_STANDARD',
    },
  ],
  peculiar: {
    awsAuth: {
      mapRoles: rows(
        'rolearn',
        nodeRow(roleArn(PRODUCTION, 'prod-shop-node')),
        [roleArn(PRODUCTION, 'prod-shop-release', '/delivery/'), 'release', ['release']],
        [roleArn(PRODUCTION, 'prod-shop-legacy-ops'), 'ops:{{SessionName}}', ['system:masters']],
        [roleArn(PRODUCTION, 'prod-shop-support'), 'support:{{SessionName}}', ['support']],
      ),
      mapUsers: rows('userarn', [`arn:aws:iam::${PRODUCTION.id}:user/deploy-bot`, 'deploy-bot', ['release']]),
    },
    bindings: [
      groupBinding('release', 'edit', 'release', 'shop'),
      groupBinding('support', 'edit', 'support', 'shop'),
    ],
    workloads: [
      {
        namespace: 'shop',
        serviceAccount: 'pricing',
        annotations: { 'eks.amazonaws.com/role_arn': roleArn(PRODUCTION, 'prod-shop-pricing') },
      },
      {
        namespace: 'shop',
        serviceAccount: 'gift-cards',
        annotations: { [ROLE_ANNOTATION]: roleArn(PRODUCTION, 'prod-shop-cart') },
      },
      {
        namespace: 'shop',
        serviceAccount: 'catalog',
        annotations: { [ROLE_ANNOTATION]: roleArn(PRODUCTION, 'prod-shop-catalog') },
        annotated: '2026-11-21T16:20:00.000Z',
        injected: false,
      },
      {
        namespace: 'shop',
        serviceAccount: 'cart',
        annotations: { [ROLE_ANNOTATION]: roleArn(PRODUCTION, 'prod-shop-cart') },
        pods: {
          containers: [
            {
              name: 'cart',
              env: [
                { name: 'AWS_ACCESS_KEY_ID', from: 'secret' },
                { name: 'AWS_SECRET_ACCESS_KEY', from: 'secret' },
              ],
            },
          ],
        },
      },
      {
        namespace: 'shop',
        serviceAccount: 'storefront',
        pods: {
          containers: [
            {
              name: 'storefront',
              env: [{ name: 'HTTP_PROXY', value: 'http://proxy.bramble.internal:3128' }],
            },
          ],
        },
      },
      {
        namespace: 'karpenter',
        serviceAccount: 'karpenter',
        annotations: {
          [ROLE_ANNOTATION]: roleArn(PRODUCTION, 'prod-shop-karpenter'),
          'eks.amazonaws.com/token-expiration': '300',
        },
      },
    ],
  },
};
