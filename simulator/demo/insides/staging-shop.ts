import { ROLE_ANNOTATION } from '../../../shared/kubernetes/injection/binding.ts';
import { accessPolicy, entry, nodeRole } from '../parts.ts';
import { CONTRACTOR, roleArn, STAGING, STAGING_SHOP } from '../places.ts';
import type { Inside } from './inside.ts';

/** Where people try things. */
export const stagingShop: Inside = {
  roles: [nodeRole(STAGING_SHOP, 'staging-shop-gpu-node')],
  entries: [
    entry(STAGING_SHOP, `arn:aws:iam::${CONTRACTOR}:role/load-testing`, {
      policies: [accessPolicy('AmazonEKSEditPolicy', 'shop')],
    }),
    entry(STAGING_SHOP, roleArn(STAGING, 'staging-shop-gpu-node')),
  ],
  nodegroups: [
    { name: 'gpu', roleArn: roleArn(STAGING, 'staging-shop-gpu-node'), amiType: 'AL2023_x86_64_STANDARD' },
  ],
  peculiar: {
    nodes: { hopLimit: 2 },
    workloads: [
      { namespace: 'shop', serviceAccount: 'frontend' },
      {
        namespace: 'shop',
        serviceAccount: 'reviews',
        annotations: { [ROLE_ANNOTATION]: roleArn(STAGING, 'staging-shop-reviews') },
      },
    ],
  },
};
