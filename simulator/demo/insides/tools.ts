import { accessPolicy, entry, role } from '../parts.ts';
import { PLATFORM, roleArn, TOOLS } from '../places.ts';
import { forSso } from '../trusts.ts';
import { type Inside, rows } from './inside.ts';

/** The platform team's own cluster. */
export const tools: Inside = {
  roles: [role(PLATFORM, 'tools-oncall', forSso(PLATFORM), { created: '2025-01-13T09:00:00.000Z' })],
  entries: [
    entry(TOOLS, roleArn(PLATFORM, 'tools-argocd'), {
      policies: [accessPolicy('AmazonEKSClusterAdminPolicy')],
      created: '2026-05-11T10:00:00.000Z',
    }),
  ],
  peculiar: {
    awsAuth: {
      mapRoles: rows('rolearn', [roleArn(PLATFORM, 'tools-oncall'), 'oncall:{{SessionName}}', ['oncall']]),
    },
  },
};
