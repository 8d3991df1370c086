import { nodeStep } from '../identity/node-calls.ts';
import { defineRule } from './define-rule.ts';
import {
  association,
  cluster,
  estateExample,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { NODE_ROLE, POD_IDENTITY_AGENT } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Clusters with associations whose nodes may not fetch credentials for their pods. */
export default defineRule({
  number: 'PT-309',
  name: 'no-missing-node-permission',
  kind: 'broken',
  fix: 'manual',
  title: 'The nodes may not fetch credentials for their pods',
  why: 'The agent calls eks-auth:AssumeRoleForPodIdentity with the credentials of its node. A node role without that permission leaves every association without effect.',
  remedy: 'Attach AmazonEKSWorkerNodePolicy, or allow eks-auth:AssumeRoleForPodIdentity on `*`.',
  references: [NODE_ROLE, POD_IDENTITY_AGENT],
  examples: () => {
    const arn = 'arn:aws:iam::111122223333:role/node';
    const nodes = cluster({
      nodegroups: [{ name: 'workers', roleArn: arn }],
      accessEntries: [{ principalArn: arn, type: 'EC2_LINUX' }],
      podIdentityAssociations: [association()],
    });
    const trust = trustPolicy({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const withPolicies = (attachedPolicies: string[]) => ({
      clusters: [nodes],
      roles: [
        role({ trustPolicy: trustPolicy(podIdentityStatement()) }),
        role({ arn, trustPolicy: trust, attachedPolicies }),
      ],
    });
    const attached = ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'];
    return {
      fails: estateExample('The node role has no policy', withPolicies([]), {
        role: arn,
        attachedPolicies: [],
      }),
      passes: estateExample('The policy of AWS for nodes', withPolicies(attached), {
        role: arn,
        attachedPolicies: attached,
      }),
    };
  },
  needs: ['associations'],
  subjects: ({ clusters }) =>
    clusters.filter(({ cluster: one }) => (one.podIdentityAssociations?.length ?? 0) > 0),
  where: clusterWhere,
  check: (view, { estate }) => {
    const { status, detail, side } = nodeStep(view, estate);
    if (status === 'pass') return pass;
    if (status === 'fail') return fail({ detail });
    return unknown({
      read: side === 'kubernetes' ? 'kubernetes:nodes' : 'iam:GetPolicyVersion',
      reason: detail,
    });
  },
  severity: () => 'high',
  message: ({ detail }, { cluster: { name } }) => `${name}: ${detail}`,
  identity: () => [],
});
