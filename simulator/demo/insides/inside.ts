import type { AccessEntry, Association, Nodegroup, Role } from '../../../shared/estate/snapshot.ts';
import type { Peculiar } from '../kubernetes.ts';

/** What a cluster of the demo has beyond the usual: mistakes in Kubernetes and in who may enter, listed in `faults.ts`. */
export interface Inside {
  readonly roles?: readonly Role[];
  readonly entries?: readonly AccessEntry[];
  readonly associations?: readonly Association[];
  readonly nodegroups?: readonly Nodegroup[];
  readonly peculiar: Peculiar;
}

/** Rows of mapRoles or mapUsers as people write them. */
export function rows(
  key: 'rolearn' | 'userarn',
  ...mapped: readonly (readonly [arn: string, username: string, groups: readonly string[]])[]
): string {
  return mapped
    .map(([arn, username, groups]) =>
      [
        `- ${key}: ${arn}`,
        `  username: ${username}`,
        '  groups:',
        ...groups.map((group) => `    - ${group}`),
        '',
      ].join('\n'),
    )
    .join('');
}

/** The row that EKS writes for a managed node group. */
export const nodeRow = (arn: string) =>
  [arn, 'system:node:{{EC2PrivateDNSName}}', ['system:bootstrappers', 'system:nodes']] as const;
