import { readPermissions } from '../permissions.ts';

/** Calls of a probe that need no permission of IAM, and why. */
export const WITHOUT_PERMISSION = [
  {
    action: 'sts:AssumeRoleWithWebIdentity',
    why: 'the call is not signed; the trust policy of the role alone decides',
  },
  { action: 'sts:GetCallerIdentity', why: 'no policy of IAM can deny it' },
] as const;

/** Actions that find the API server; a kubeconfig makes them needless. */
const ENDPOINT = ['eks:DescribeCluster'];

/** What `podtrust probe` asks of IAM, line by line, with what makes each part needless; of Kubernetes, docs/probe.md tells. */
export function probePermissions(): readonly string[] {
  return [
    '# to know role, provider and trust policy: nothing of it with --snapshot',
    ...readPermissions().actions,
    '# to find the API server: nothing of it with --kubeconfig',
    ...ENDPOINT,
    '# without any permission:',
    ...WITHOUT_PERMISSION.map(({ action, why }) => `#   ${action}: ${why}`),
    '# in Kubernetes: the ClusterRole podtrust-probe of docs/probe.md',
  ];
}
