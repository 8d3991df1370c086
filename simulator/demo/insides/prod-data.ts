import { ROLE_ANNOTATION } from '../../../shared/kubernetes/injection/binding.ts';
import { groupBinding } from '../kubernetes.ts';
import { association, entry, irsaRoles, role } from '../parts.ts';
import { PROD_DATA, PRODUCTION, roleArn } from '../places.ts';
import { forSso, podIdentity } from '../trusts.ts';
import type { Inside } from './inside.ts';

const people = { created: '2025-06-01T09:00:00.000Z' };

/** A cluster on Auto Mode, whose workloads are moving to Pod Identity. */
export const prodData: Inside = {
  roles: [
    ...irsaRoles(PROD_DATA, [
      ['notebooks', 'notebooks', 'jupyter', 'bucket', 'terraform'],
      ['reporting-irsa', 'reports', 'reporting', 'bucket', 'terraform'],
    ]),
    role(PRODUCTION, 'prod-data-reporting', podIdentity(PROD_DATA, 'reports', 'reporting'), {
      permission: 'table',
    }),
    role(PRODUCTION, 'prod-data-auditor', forSso(PRODUCTION), people),
    role(PRODUCTION, 'prod-data-analyst', forSso(PRODUCTION), people),
  ],
  entries: [
    entry(PROD_DATA, roleArn(PRODUCTION, 'prod-data-auditor')),
    entry(PROD_DATA, roleArn(PRODUCTION, 'prod-data-analyst'), { groups: ['data-reader'] }),
  ],
  associations: [association(PROD_DATA, 'reports', 'reporting', 'prod-data-reporting')],
  peculiar: {
    bindings: [groupBinding('data-readers', 'view', 'data-readers')],
    absent: ['notebooks/jupyter'],
    workloads: [
      { namespace: 'quality', serviceAccount: 'quality-checks' },
      {
        namespace: 'reports',
        serviceAccount: 'reporting',
        annotations: { [ROLE_ANNOTATION]: roleArn(PRODUCTION, 'prod-data-reporting-irsa') },
      },
    ],
  },
};
