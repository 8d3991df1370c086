import { association, cluster, estateOf, role, trustPolicy } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, nodeGroup, podGroup } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-missing-node-permission.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, inline } from '../../support/rule-estates.ts';

const NODE = 'arn:aws:iam::111122223333:role/node';
const { nodegroups: _, ...noGroups } = cluster({ podIdentityAssociations: [association()] });
const nodes = (changes: object, more = {}) =>
  estateOf({
    clusters: [
      cluster({
        podIdentityAssociations: [association()],
        nodegroups: [{ name: 'workers', roleArn: NODE }],
        ...more,
      }),
    ],
    roles: [role({ arn: NODE, trustPolicy: trustPolicy(EC2), ...changes })],
  });

/** Two kinds of nodes: `workers` may not call, `system` may; the pods run on the given ones. */
const on = (ids: string[], changes = {}) =>
  estateOf({
    clusters: [
      clusterWith(
        {
          nodes: [
            nodeGroup({ role: NODE, ...changes }),
            nodeGroup({ id: 'system', role: 'arn:aws:iam::111122223333:role/system' }),
          ],
          pods: [podGroup({ nodes: ids })],
        },
        { podIdentityAssociations: [association()], nodegroups: [{ name: 'workers', roleArn: NODE }] },
      ),
    ],
    roles: [
      role({ arn: NODE, trustPolicy: trustPolicy(EC2) }),
      role({
        arn: 'arn:aws:iam::111122223333:role/system',
        trustPolicy: trustPolicy(EC2),
        inlinePolicies: [inline('eks-auth:AssumeRoleForPodIdentity', '*')],
      }),
    ],
  });
const { role: __, nodegroup: ___, ...anonymous } = nodeGroup();

ruleCases(rule, [
  {
    when: 'the node role has no policy',
    estate: nodes({}),
    is: 'fail',
    severity: 'high',
    says: /AssumeRoleForPodIdentity/,
  },
  {
    when: 'its policies allow something else',
    estate: nodes({ inlinePolicies: [inline('ec2:*', '*')] }),
    is: 'fail',
  },
  {
    when: 'the policy of AWS for nodes, its text not read',
    estate: nodes({ attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'] }),
    is: 'pass',
  },
  {
    when: 'a policy of its own',
    estate: nodes({ inlinePolicies: [inline('eks-auth:AssumeRoleForPodIdentity', '*')] }),
    is: 'pass',
  },
  {
    when: 'a policy that was not read',
    estate: nodes({ attachedPolicies: ['arn:aws:iam::111122223333:policy/unread'] }),
    is: 'unknown',
  },
  { when: 'the node groups were not read', estate: estateOf({ clusters: [noGroups] }), is: 'unknown' },
  { when: 'the pods run on nodes that may call', estate: on(['system']), is: 'pass' },
  {
    when: 'the pods run on nodes that may not call, others may',
    estate: on(['system', 'workers']),
    is: 'fail',
    says: /role\/node/,
  },
  {
    when: 'the role of the nodes was not read through EC2, and their node group tells it',
    estate: estateOf({
      clusters: [
        clusterWith(
          { nodes: [{ ...anonymous, nodegroup: 'workers' }] },
          { podIdentityAssociations: [association()], nodegroups: [{ name: 'workers', roleArn: NODE }] },
        ),
      ],
      roles: [role({ arn: NODE, trustPolicy: trustPolicy(EC2) })],
    }),
    is: 'fail',
  },
  {
    when: 'nothing tells the role of the nodes',
    estate: estateOf({
      clusters: [clusterWith({ nodes: [anonymous] }, { podIdentityAssociations: [association()] })],
    }),
    is: 'unknown',
    says: /was not read/,
  },
  { when: 'no association', estate: nodes({}, { podIdentityAssociations: [] }), is: 'not applicable' },
]);
