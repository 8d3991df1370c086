import type { RoleView } from '../estate/estate.ts';
import type { Severity } from '../findings/finding.ts';
import type { Grade } from '../iam/privileges.ts';
import { type NodeRoleReach, nodeRoleReach } from '../identity/pods/reachable-nodes.ts';
import { podCount, workloadName } from '../identity/pods/workloads.ts';
import { defineRule } from './define-rule.ts';
import { readClusters } from './doors/workload-place.ts';
import { estateExample, role, trustPolicy } from './examples/estate.ts';
import { clusterWith, container, nodeGroup, podGroup, serviceAccount } from './examples/kubernetes.ts';
import { clusterWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Node roles that pods without an identity of their own can take from the instance metadata; one finding for each role. */
export default defineRule({
  number: 'PT-213',
  name: 'no-node-role-fallback',
  kind: 'open',
  fix: 'manual',
  title: 'Pods can take the role of their node',
  why: 'A pod that reaches the instance metadata service gets the credentials of its node, whether it is meant to or not. Whatever the node role may do, every such pod may do.',
  remedy:
    'Require session tokens and set the hop limit of the nodes to 1 (`aws ec2 modify-instance-metadata-options --http-tokens required --http-put-response-hop-limit 1`, and the same in the launch template), give pods that need AWS a role of their own, and take from the node role what only pods need. A network policy that keeps pods from 169.254.169.254 is not seen: waive this where you have one.',
  references: [BEST_PRACTICES],
  examples: () => {
    const arn = nodeGroup().role ?? '';
    const parts = (hopLimit: number) => ({
      clusters: [
        clusterWith({
          serviceAccounts: [serviceAccount({ annotations: {} })],
          pods: [podGroup({ containers: [container({})] })],
          nodes: [nodeGroup({ hopLimit })],
        }),
      ],
      roles: [
        role({
          arn,
          trustPolicy: trustPolicy({
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          }),
          inlinePolicies: [
            {
              name: 'orders',
              document:
                '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
            },
          ],
        }),
      ],
    });
    return {
      fails: estateExample('Metadata two hops away', parts(2), nodeGroup({ hopLimit: 2 })),
      passes: estateExample('Metadata for processes of the node alone', parts(1), nodeGroup({ hopLimit: 1 })),
    };
  },
  needs: ['kubernetes:pods', 'kubernetes:nodes', 'kubernetes:serviceAccounts', 'associations'],
  subjects: (scope) =>
    readClusters(scope)
      .flatMap(nodeRoleReach)
      .filter(({ role: arn, reached, open }) => arn !== null || reached.length + open.length > 0),
  where: ({ cluster, role: arn }) => ({
    ...clusterWhere(cluster),
    ...(arn === null ? {} : { role: arn }),
  }),
  check: (subject, { estate }) => {
    const { role: arn, reached, open } = subject;
    if (reached.length === 0) {
      if (open.length === 0) return pass;
      return unknown({
        read: 'ec2:DescribeInstances',
        reason: `whether pods of ${open.length} workloads reach the instance metadata is told by the options of the instances`,
      });
    }
    const node = arn === null ? undefined : estate.roleByArn.get(arn);
    if (arn === null)
      return unknown({ read: 'ec2:DescribeInstances', reason: 'the role of some nodes was not read' });
    if (node === undefined) return unknown({ read: 'iam:GetRole', reason: `${arn} was not read` });
    return fail({
      ...privilegeFacts(node),
      standard: isStandard(node),
      workloads: reached.map(workloadName).sort(),
      pods: reached.reduce((sum, workload) => sum + podCount(workload), 0),
      onHostNetwork: onHostNetworkAlone(subject),
    });
  },
  severity: ({ privileges, standard }) => severityOf(privileges, standard),
  message: ({ pods, workloads, privileges, standard, onHostNetwork }, { cluster, role: arn }) => {
    const how = onHostNetwork ? 'on the network of their host' : 'by the instance metadata';
    const what = standard ? 'it has no more than the policies of AWS for nodes' : leadsTo(privileges);
    return `${cluster.cluster.name}: ${counted(pods, 'pod')} of ${counted(workloads.length, 'workload')} without a role of their own can take ${arn ?? ''} ${how}; ${what}.`;
  },
  identity: () => [],
});

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function onHostNetworkAlone({ reached }: NodeRoleReach): boolean {
  return reached.every(({ groups }) => groups.every(({ hostNetwork }) => hostNetwork === true));
}

/** Policies that AWS tells to attach to node roles (EKS user guide, Amazon EKS node IAM role). */
const STANDARD =
  /^arn:[^:]+:iam::aws:policy\/(AmazonEKSWorkerNode(Minimal)?Policy|AmazonEC2ContainerRegistry(ReadOnly|PullOnly)|AmazonEKS_CNI_Policy|AmazonSSMManagedInstanceCore)$/;

/** True for a node role that has what EKS asks for and nothing else. */
function isStandard({ role: { attachedPolicies, inlinePolicies } }: RoleView): boolean {
  return (
    attachedPolicies?.every((policy) => STANDARD.test(policy)) === true &&
    inlinePolicies !== undefined &&
    inlinePolicies.length === 0
  );
}

/** What EKS gives every node is no fault of anyone: told, and no more. */
function severityOf(grade: Grade, standard: boolean): Severity {
  return standard ? 'info' : weighted('few', grade);
}
