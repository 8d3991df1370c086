import type { AssociationView, ClusterView, Estate, RoleView, Trust } from '../estate/estate.ts';
import { parseArn } from '../iam/arn.ts';
import { decide } from '../iam/evaluate.ts';
import type { Policy, Statement } from '../iam/policy.ts';
import type { Request } from '../iam/request.ts';
import { admitsNobody } from './admits-nobody.ts';
import type { Repair, Step } from './chain.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { isPositive } from './claim-flaws.ts';
import { clusterSteps } from './cluster-steps.ts';
import { controlRepair, resourceControlStep } from './control-steps.ts';
import { callsOf, hasSessionTags } from './diagnose-pod-identity.ts';
import type { ChainPart } from './irsa-chain.ts';
import { nodeControlStep, nodeStep } from './node-calls.ts';
import { inspectPodIdentity, type PodIdentityCalls } from './pod-identity-flaws.ts';
import { agentRepair, agentStep, computeStep } from './pod-identity-runtime.ts';
import type { JsonObject } from './policy-edit.ts';
import { repairTrust } from './repair.ts';
import { roleStanding } from './role-standing.ts';
import { hasWildcard, POD_IDENTITY_SERVICE } from './service-account.ts';
import { targetSteps } from './target-chain.ts';
import { type TrustAnswer, type TrustWords, trustSteps } from './trust-steps.ts';

/** From the cluster to credentials by an association, as far as AWS decides it. */
export function podIdentityChain(view: AssociationView, estate: Estate): ChainPart {
  const { association, cluster } = view;
  const found = pass(
    'association',
    `Association ${association.id} binds ${association.namespace}/${association.serviceAccount} of cluster ${cluster.cluster.name}.`,
  );
  const start = [...clusterSteps(cluster), found];
  const { namespace, serviceAccount } = association;
  const pods = cluster.kubernetes.podsOf(namespace, serviceAccount);
  const runtime = [
    agentStep(cluster, pods),
    nodeStep(cluster, estate, pods),
    nodeControlStep(cluster, estate, pods),
    computeStep(cluster, namespace, serviceAccount),
  ];
  if (association.roleArn === undefined) {
    const missing = cluster.missing('podIdentityAssociations') ?? {
      read: 'eks:DescribePodIdentityAssociation',
      reason: 'not in the snapshot',
    };
    return { steps: [...start, unknown('association-role', unread(missing)), ...runtime], repair: null };
  }
  const { step, role } = roleStep(association.roleArn, view, estate);
  if (role === null)
    return { steps: [...start, step, ...runtime], repair: roleRepair(step, association.roleArn) };
  const calls = callsOf(view, role);
  const trust = podIdentityTrust(role, calls, statementFor(view));
  const control = resourceControlStep(role, requestsOf(calls), estate);
  const target = targetSteps(view, role, estate);
  return {
    steps: [...start, step, ...runtime, ...trust.steps, control, ...target.steps],
    repair:
      trust.repair ??
      controlRepair([...runtime, control]) ??
      target.repair ??
      runtimeRepair(runtime, cluster),
  };
}

/** The role must be in the cluster's account, since whoever associates it passes it (EKS user guide, Pod Identity). */
function roleStep(
  arn: string,
  { cluster }: AssociationView,
  estate: Estate,
): { step: Step; role: RoleView | null } {
  const account = parseArn(arn)?.account;
  if (account !== undefined && account !== cluster.account.id) {
    const detail = `${arn} is in account ${account}, and an association takes roles of the cluster's account ${cluster.account.id} alone.`;
    return { step: fail('association-role', detail, 'no-missing-association-role'), role: null };
  }
  const standing = roleStanding(arn, estate);
  switch (standing.kind) {
    case 'exists':
      return { step: pass('association-role', `${arn} exists.`), role: standing.role };
    case 'absent':
      return {
        step: fail(
          'association-role',
          `${arn} does not exist.${standing.near}`,
          'no-missing-association-role',
        ),
        role: null,
      };
    case 'unread':
      return { step: unknown('association-role', unread(standing.missing)), role: null };
  }
}

function roleRepair(step: Step, arn: string): Repair | null {
  return step.status === 'fail'
    ? {
        text: `Create ${arn} with a trust policy for ${POD_IDENTITY_SERVICE}, or point the association at another role.`,
      }
    : null;
}

function runtimeRepair(steps: readonly Step[], cluster: ClusterView): Repair | null {
  const failed = steps.find(({ status }) => status === 'fail');
  switch (failed?.check) {
    case 'pod-identity-agent':
      return agentRepair(cluster);
    case 'node-permission':
      return {
        text: 'Attach AmazonEKSWorkerNodePolicy to the node role, or allow it eks-auth:AssumeRoleForPodIdentity.',
      };
    case 'compute':
      return {
        text: 'Use IAM roles for service accounts (IRSA) for pods on Fargate or Windows, or run them on Linux nodes of EC2.',
      };
    default:
      return null;
  }
}

/** The steps of a role's trust policy for the calls that EKS makes, and the repair of what fails. */
export function podIdentityTrust(role: RoleView, calls: PodIdentityCalls, statement: JsonObject): ChainPart {
  const trust = role.trust();
  const answer: TrustAnswer | null =
    trust.compiled === null
      ? null
      : withFate(inspectPodIdentity(trust.compiled, calls), trust.compiled.policy);
  return {
    steps: trustSteps(trust, answer, WORDS),
    repair:
      answer === null
        ? { text: 'Correct the trust policy where IAM refuses it.' }
        : repairOf(trust, answer, calls, statement),
  };
}

/** Whether the statement that comes nearest admits nobody at all, by its own conditions or because of a Deny. */
function withFate(answer: TrustAnswer, policy: Policy): TrustAnswer {
  const { nearest } = answer;
  if (answer.outcome !== 'denied' || nearest === null) return answer;
  return { ...answer, hopeless: admitsNobody(policy, nearest.statement.index) };
}

const WORDS: TrustWords = {
  aspects: ['principal', 'action', 'conditions'],
  holds: {
    principal: `The service ${POD_IDENTITY_SERVICE} is trusted.`,
    action: 'The calls of EKS Pod Identity are allowed.',
    audience: '',
    subject: '',
    conditions: 'The conditions hold for the request.',
  },
  noStatement: `No statement of the trust policy names the service ${POD_IDENTITY_SERVICE}.`,
  rule: 'no-untrusted-association',
};

function repairOf(
  trust: Trust,
  answer: TrustAnswer,
  calls: PodIdentityCalls,
  statement: JsonObject,
): Repair | null {
  if (answer.outcome !== 'denied') return null;
  const requests = requestsOf(calls);
  const repair = repairTrust(trust, answer.nearest, {
    whom: calls.tagSession === null ? 'associations of the cluster without session tags' : 'the association',
    achieved: (policy) => requests.every((request) => decide(policy, request) === 'allowed'),
    exact: (changed) => onlyAddsTags(answer) || isNarrow(changed),
    statement,
  });
  if (answer.tagless === true) {
    const narrow = 'let its Deny spare the cluster by aws:SourceArn instead of by tags.';
    return { text: `${TAGS_ON} Else ${narrow}` };
  }
  const tagless = answer.nearest?.flaws.some(({ rule }) => rule === 'no-tagless-tag-condition') === true;
  return tagless ? { ...repair, text: `${TAGS_ON} Else: ${repair.text}` } : repair;
}

/** The calls that are made: without session tags there is none for them. */
function requestsOf({ assume, tagSession }: PodIdentityCalls): readonly Request[] {
  return tagSession === null ? [assume] : [assume, tagSession];
}

/** What keeps the trust as narrow as it is; a session policy rules it out (EKS API reference, CreatePodIdentityAssociation). */
const TAGS_ON =
  'Turn the session tags of the association on (`aws eks update-pod-identity-association --no-disable-session-tags`), where it has no session policy.';

/** A statement that lets the service in already loses nothing of its narrowness by `sts:TagSession`. */
function onlyAddsTags({ nearest }: TrustAnswer): boolean {
  return nearest?.flaws.every(({ value }) => value.endsWith('without sts:TagSession')) === true;
}

/** True when each condition of the statement leaves one value: one cluster, one namespace, one ServiceAccount. */
function isNarrow({ conditions }: Statement): boolean {
  const single = (key: string) =>
    conditions.some(
      (condition) =>
        condition.key.toLowerCase() === key &&
        isPositive(condition.operator) &&
        !condition.operator.ifExists &&
        condition.values.length === 1 &&
        !condition.values.some(hasWildcard),
    );
  const cluster = single('aws:sourcearn') || single('aws:requesttag/eks-cluster-arn');
  return (
    cluster &&
    single('aws:requesttag/kubernetes-namespace') &&
    single('aws:requesttag/kubernetes-service-account')
  );
}

/** The narrowest statement that lets in one association; without session tags that is its cluster. */
function statementFor({ association, cluster }: AssociationView): JsonObject {
  return podIdentityStatement({
    clusterArn: cluster.cluster.arn,
    account: cluster.account.id,
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    tags: hasSessionTags(association),
  });
}

/** The narrowest statement for the calls of one ServiceAccount's association, or of several of one namespace. */
export function podIdentityStatement(i: {
  readonly clusterArn: string;
  readonly account: string;
  readonly namespace: string;
  readonly serviceAccount: string | readonly string[];
  readonly tags: boolean;
}): JsonObject {
  const names: JsonObject = i.tags
    ? {
        'aws:RequestTag/kubernetes-namespace': i.namespace,
        'aws:RequestTag/kubernetes-service-account': i.serviceAccount,
      }
    : {};
  return {
    Effect: 'Allow',
    Principal: { Service: POD_IDENTITY_SERVICE },
    Action: i.tags ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
    Condition: {
      StringEquals: { 'aws:SourceAccount': i.account, ...names },
      ArnEquals: { 'aws:SourceArn': i.clusterArn },
    },
  };
}
