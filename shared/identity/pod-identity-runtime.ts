/** What a Pod Identity association needs of its cluster: the agent, nodes that may call EKS Auth, and compute with an agent. */
import type { ClusterView, Estate } from '../estate/estate.ts';
import { globMatcher } from '../iam/glob.ts';
import type { Request } from '../iam/request.ts';
import type { Step } from './chain.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { rolePermits } from './role-permits.ts';

/** Name of the add-on (EKS user guide, Set up the Amazon EKS Pod Identity Agent). */
const AGENT_ADDON = 'eks-pod-identity-agent';

/**
 * Whether the cluster has an agent. Auto Mode has it built in. Without the add-on it may still run as a DaemonSet of
 * one's own, which only Kubernetes shows: so its absence alone is not known to break anything.
 */
export function agentStep(view: ClusterView): Step {
  const { cluster } = view;
  if (cluster.autoMode === true) return pass('pod-identity-agent', 'EKS Auto Mode has the agent built in.');
  const addon = cluster.addons?.find(({ name }) => name === AGENT_ADDON);
  if (addon?.status === 'ACTIVE') return pass('pod-identity-agent', `The add-on ${AGENT_ADDON} is ACTIVE.`);
  if (addon?.status === 'CREATE_FAILED' || addon?.status === 'DELETING') {
    return fail(
      'pod-identity-agent',
      `The add-on ${AGENT_ADDON} is ${addon.status}.`,
      'use-pod-identity-agent',
    );
  }
  if (addon !== undefined) {
    const status = addon.status === undefined ? 'has a status that was not read' : `is ${addon.status}`;
    return unknown(
      'pod-identity-agent',
      `The add-on ${AGENT_ADDON} ${status}: Kubernetes shows whether its pods run.`,
    );
  }
  const missing = view.missing('addons');
  if (missing !== null) return unknown('pod-identity-agent', unread(missing));
  return unknown(
    'pod-identity-agent',
    `The cluster has no add-on ${AGENT_ADDON}: without an agent of one's own, which Kubernetes would show as a DaemonSet, no pod gets credentials (aws eks create-addon --cluster-name ${cluster.name} --addon-name ${AGENT_ADDON}).`,
  );
}

/** Managed policies of AWS that let nodes call EKS Auth (EKS user guide, Amazon EKS node IAM role). */
const NODE_POLICIES = /^arn:[^:]+:iam::aws:policy\/AmazonEKSWorkerNode(Minimal)?Policy$/;

const NODE_ENTRY_TYPES: ReadonlySet<string> = new Set(['EC2_LINUX', 'EC2', 'HYBRID_LINUX', 'HYPERPOD_LINUX']);

/** Roles of the cluster's nodes, from node groups and from the access entries of nodes. */
function nodeRoles({ cluster }: ClusterView): string[] {
  const groups = (cluster.nodegroups ?? []).flatMap(({ roleArn }) => roleArn ?? []);
  const entries = (cluster.accessEntries ?? [])
    .filter(({ type }) => type !== undefined && NODE_ENTRY_TYPES.has(type))
    .map(({ principalArn }) => principalArn);
  return [...new Set([...groups, ...entries])];
}

/** Whether a node role may ask EKS Auth for a pod's credentials. */
function nodePermission(arn: string, view: ClusterView, estate: Estate): 'allowed' | 'refused' | 'unknown' {
  const role = estate.roleByArn.get(arn);
  if (role === undefined) return 'unknown';
  const context: Request['context'] = () => 'unknown';
  const caller = { kind: 'aws', arn, account: view.account.id } as const;
  const request = {
    caller,
    action: 'eks-auth:AssumeRoleForPodIdentity',
    resource: view.cluster.arn,
    context,
  };
  const permission = rolePermits(role, request, estate);
  if (permission.kind === 'refused') return 'refused';
  if (permission.kind === 'allowed') return 'allowed';
  const known =
    role.role.permissionsBoundary === undefined &&
    role.role.attachedPolicies?.some((policy) => NODE_POLICIES.test(policy));
  return known === true ? 'allowed' : 'unknown';
}

/**
 * On which nodes the pods land is a matter of Kubernetes: it is known to fail only when no node role may call, and all
 * of them are known. With CONFIG_MAP, further node roles may be in `aws-auth`.
 */
export function nodeStep(view: ClusterView, estate: Estate): Step {
  const roles = nodeRoles(view);
  const answers = roles.map((arn) => ({ arn, answer: nodePermission(arn, view, estate) }));
  const refused = answers.filter(({ answer }) => answer === 'refused').map(({ arn }) => arn);
  const call = 'eks-auth:AssumeRoleForPodIdentity';
  const inConfigMap = view.cluster.authenticationMode === 'CONFIG_MAP';
  const missing = view.missing('nodegroups') ?? (inConfigMap ? null : view.missing('accessEntries'));
  if (missing !== null) {
    return unknown('node-permission', `${unread(missing)} It would show node roles, and each needs ${call}.`);
  }
  if (roles.length > 0 && refused.length === roles.length && !inConfigMap) {
    return fail(
      'node-permission',
      `None of the cluster's node roles may call ${call}: ${refused.join(', ')}.`,
      'no-missing-node-permission',
    );
  }
  if (roles.length > 0 && answers.every(({ answer }) => answer === 'allowed')) {
    return pass('node-permission', `Every known node role may call ${call}.`);
  }
  const which =
    refused.length > 0
      ? `Not every node role may call ${call} (${refused.join(', ')} may not)`
      : `Not every node role is known to be allowed ${call}`;
  return unknown(
    'node-permission',
    `${which}: it depends on the node that a pod runs on, which Kubernetes shows.`,
    'kubernetes',
  );
}

/** A Fargate profile that takes every pod of a namespace, whatever its labels, or null (EKS user guide, Fargate profiles). */
function fargateProfileFor({ cluster }: ClusterView, namespace: string): string | null {
  const profile = cluster.fargateProfiles?.find(({ selectors }) =>
    selectors?.some(
      (selector) =>
        Object.keys(selector.labels ?? {}).length === 0 && globMatcher(selector.namespace)(namespace),
    ),
  );
  return profile?.name ?? null;
}

/** Pods on Fargate have no agent (EKS user guide, Pod Identity: considerations). */
export function computeStep(view: ClusterView, namespace: string): Step {
  const profile = fargateProfileFor(view, namespace);
  if (profile !== null) {
    return fail(
      'compute',
      `The Fargate profile ${profile} takes every pod of namespace ${namespace}, and Pod Identity does not work on Fargate.`,
      'no-unsupported-compute',
    );
  }
  return unknown(
    'compute',
    'Kubernetes shows whether the pods run where Pod Identity works: Linux on EC2, not Fargate and not Windows.',
    'kubernetes',
  );
}
