import type { ClusterView, RoleView } from '../../estate/estate.ts';

/** A role with which nodes join a cluster, and how that is known. */
export interface NodeRole {
  readonly arn: string;
  readonly compute: 'ec2' | 'fargate' | 'hybrid' | 'hyperpod' | 'auto';
  readonly windows: boolean;
  /** `node group workers`. */
  readonly from: string;
}

/** Roles of a cluster's nodes: of managed node groups, Fargate profiles, and the nodes that Kubernetes shows. */
export function nodeRolesOf({ cluster, kubernetes }: ClusterView): NodeRole[] {
  const found: NodeRole[] = [
    ...(cluster.nodegroups ?? []).flatMap(({ name, roleArn, amiType }) =>
      roleArn === undefined
        ? []
        : [
            {
              arn: roleArn,
              compute: 'ec2' as const,
              windows: amiType?.startsWith('WINDOWS') === true,
              from: `node group ${name}`,
            },
          ],
    ),
    ...(cluster.fargateProfiles ?? []).flatMap(({ name, roleArn }) =>
      roleArn === undefined
        ? []
        : [{ arn: roleArn, compute: 'fargate' as const, windows: false, from: `Fargate profile ${name}` }],
    ),
    ...(kubernetes.data.nodes ?? []).flatMap(({ role, compute, os, names }) =>
      role === undefined || compute === 'unknown'
        ? []
        : [{ arn: role, compute, windows: os === 'windows', from: `node ${names[0] ?? ''}`.trim() }],
    ),
  ];
  const distinct = new Map<string, NodeRole>();
  for (const role of found) {
    const key = JSON.stringify([role.arn, role.compute, role.windows]);
    if (!distinct.has(key)) distinct.set(key, role);
  }
  return [...distinct.values()];
}

/** True for the role of some nodes of the cluster. */
export function isNodeRole(arn: string, cluster: ClusterView): boolean {
  return nodeRolesOf(cluster).some((role) => role.arn.toLowerCase() === arn.toLowerCase());
}

/** AWS's policies for nodes of a cluster; Karpenter's and self-managed nodes have them too. */
const NODE_POLICY = /:aws:policy\/AmazonEKSWorkerNode(?:Minimal)?Policy$/;

/** True for a role that was made for nodes, whether or not any have joined with it. */
export function isMadeForNodes({ role }: RoleView): boolean {
  return role.attachedPolicies?.some((arn) => NODE_POLICY.test(arn)) === true;
}

/** Services that give a role to instances: EC2, and SageMaker for HyperPod. */
const INSTANCE_SERVICE = /^(?:ec2|sagemaker)\.amazonaws\.[a-z.]+$/i;

/**
 * True for a role that no instance can have: its trust policy lets in services and identity providers alone, and none of
 * those that give roles to instances. Whoever may be an AWS principal may be an instance that takes the role under its id.
 */
export function isForNoInstance(role: RoleView): boolean {
  const { policy } = role.trust();
  const allows = (policy?.statements ?? []).filter(({ effect }) => effect === 'Allow');
  return (
    allows.length > 0 &&
    allows.every(
      ({ principal }) =>
        principal?.negated === false &&
        principal.entries.every(
          ({ kind, value }) =>
            kind === 'Federated' || (kind === 'Service' && value !== '*' && !INSTANCE_SERVICE.test(value)),
        ),
    )
  );
}
