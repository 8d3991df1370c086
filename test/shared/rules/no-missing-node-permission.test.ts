import { association, cluster, estateOf, role, trustPolicy } from '../../../shared/rules/examples/estate.ts';
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
  { when: 'no association', estate: nodes({}, { podIdentityAssociations: [] }), is: 'not applicable' },
]);
