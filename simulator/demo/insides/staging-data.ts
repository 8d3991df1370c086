import { groupBinding } from '../kubernetes.ts';
import { role, SSO_ADMIN } from '../parts.ts';
import { roleArn, STAGING } from '../places.ts';
import { forSso } from '../trusts.ts';
import { type Inside, nodeRow, rows } from './inside.ts';

const analysts = roleArn(STAGING, 'staging-data-analyst');

/** Made with the defaults of the API: only aws-auth says who may enter. */
export const stagingData: Inside = {
  roles: [role(STAGING, 'staging-data-analyst', forSso(STAGING), { created: '2026-09-21T09:00:00.000Z' })],
  peculiar: {
    awsAuth: {
      mapRoles: rows(
        'rolearn',
        nodeRow(roleArn(STAGING, 'staging-data-node')),
        [roleArn(STAGING, SSO_ADMIN), 'admin:{{SessionName}}', ['platform']],
        [analysts, 'analyst:{{SessionName}}', ['analysts', 'airflow']],
        [analysts, 'analyst:{{SessionName}}', ['analysts']],
      ),
      mapAccounts: `- "${STAGING.id}"\n`,
    },
    bindings: [
      groupBinding('platform', 'cluster-admin', 'platform'),
      groupBinding('analysts', 'view', 'analysts'),
      groupBinding('airflow', 'edit', 'airflow', 'airflow'),
    ],
  },
};
