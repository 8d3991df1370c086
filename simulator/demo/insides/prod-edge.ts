import { accessPolicy, association, entry, role } from '../parts.ts';
import { PROD_EDGE, PRODUCTION, roleArn } from '../places.ts';
import { forSso, podIdentity } from '../trusts.ts';
import type { Inside } from './inside.ts';

/** Rebuilt in October, in haste. */
export const prodEdge: Inside = {
  roles: [
    role(PRODUCTION, 'edge-operators', forSso(PRODUCTION), { created: '2026-11-11T10:15:00.000Z' }),
    role(PRODUCTION, 'prod-edge-shared', podIdentity(PROD_EDGE, 'edge', 'default'), { permission: 'queue' }),
    role(PRODUCTION, 'prod-edge-cache-warmer', podIdentity(PROD_EDGE, 'edge', 'cache-warmer'), {
      permission: 'queue',
    }),
    role(PRODUCTION, 'prod-edge-thumbnails', podIdentity(PROD_EDGE, 'edge-jobs', 'thumbnailer'), {
      permission: 'bucket',
    }),
  ],
  entries: [
    entry(PROD_EDGE, roleArn(PRODUCTION, 'edge-operators'), {
      policies: [accessPolicy('AmazonEKSAdminPolicy')],
    }),
    entry(PROD_EDGE, roleArn(PRODUCTION, 'edge-migration'), {
      policies: [accessPolicy('AmazonEKSEditPolicy')],
    }),
  ],
  associations: [
    association(PROD_EDGE, 'edge', 'default', 'prod-edge-shared'),
    association(PROD_EDGE, 'edge', 'cache-warmer', 'prod-edge-cache-warmer'),
    association(PROD_EDGE, 'edge-jobs', 'thumbnailer', 'prod-edge-thumbnails'),
  ],
  peculiar: {
    absent: ['edge/cache-warmer'],
    moreNodes: [
      {
        id: 'fargate',
        compute: 'fargate',
        os: 'linux',
        count: 2,
        names: ['fargate-ip-10-4-91-14.ec2.internal', 'fargate-ip-10-4-97-201.ec2.internal'],
      },
    ],
    workloads: [
      { namespace: 'edge', serviceAccount: 'waf-sync' },
      {
        namespace: 'edge-jobs',
        serviceAccount: 'thumbnailer',
        pods: { compute: 'fargate', nodes: ['fargate'] },
      },
    ],
  },
};
