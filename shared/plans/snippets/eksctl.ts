import { stringify } from 'yaml';
import type { Change } from '../../changes/change.ts';
import type { Snippet } from '../../changes/plan.ts';

/** A change as part of an eksctl config file; nothing where eksctl has no setting for it. */
export function eksctlFor(change: Change): Snippet[] {
  if (change.after === null || !('cluster' in change.target)) return [];
  const part = partOf(change);
  if (part === null) return [];
  const { cluster: name, region } = change.target;
  const config = {
    apiVersion: 'eksctl.io/v1alpha5',
    kind: 'ClusterConfig',
    metadata: { name, region },
    ...part,
  };
  return [
    {
      form: 'eksctl',
      title: 'eksctl config',
      target: `${name} (${region})`,
      text: stringify(config, { lineWidth: 0 }),
    },
  ];
}

function partOf(change: Change): Readonly<Record<string, unknown>> | null {
  if (change.after === null) return null;
  switch (change.kind) {
    case 'pod-identity-association':
      return {
        iam: {
          podIdentityAssociations: [
            {
              namespace: change.target.namespace,
              serviceAccountName: change.target.serviceAccount,
              roleARN: change.after.roleArn,
            },
          ],
        },
      };
    case 'addon':
      return { addons: [{ name: change.target.addon }] };
    case 'access-entry': {
      const { type, groups, username } = change.after;
      return {
        accessConfig: {
          accessEntries: [
            {
              principalARN: change.target.principal,
              type,
              ...(type === 'STANDARD' && { kubernetesGroups: groups }),
              ...(username !== undefined && { kubernetesUsername: username }),
            },
          ],
        },
      };
    }
    case 'authentication-mode':
      return { accessConfig: { authenticationMode: change.after } };
    case 'access-policy':
    case 'aws-auth':
    case 'trust-policy':
    case 'oidc-provider':
    case 'service-account-annotation':
      return null;
  }
}
