/** Whether the nodes may fetch credentials for pods: by their own policies, and by those of the organization. */
import type { ClusterView, Estate } from '../estate/estate.ts';
import type { PodGroup } from '../estate/kubernetes-schema.ts';
import { POD_CREDENTIALS_ACTION as CALL, podCredentialsRequest } from '../iam/pod-credentials-request.ts';
import type { Request } from '../iam/request.ts';
import type { Step } from './chain.ts';
import { type CheckName, fail, leftOut, pass, unknown, unread } from './checks.ts';
import { serviceControl } from './control-policies.ts';
import { podsOfAssociations } from './pods/agents.ts';
import { rolesOfPods } from './pods/node-roles.ts';
import { rolePermits } from './role-permits.ts';

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

/** What decides about one node role. `left-out`: what would decide was never asked for. */
interface Answer {
  readonly kind: 'allowed' | 'refused' | 'unknown' | 'left-out';
  readonly reason: string;
}

/** One question about each node role. */
interface Question {
  readonly check: CheckName;
  readonly rule: string;
  readonly ask: (role: string) => Answer;
  /** What is said of refusals beside the names of the roles. */
  readonly because: (refused: readonly Answer[]) => string;
}

/** The agent's call with the credentials of one role. */
function callOf(arn: string, { cluster, account }: ClusterView): Request {
  return podCredentialsRequest({
    nodeRoleArn: arn,
    clusterArn: cluster.arn,
    account: account.id,
    ...(account.organization !== undefined && { organization: account.organization }),
    at: account.takenAt,
  });
}

/** Whether a node role's own policies let it ask EKS Auth for a pod's credentials. */
function ownAnswer(arn: string, view: ClusterView, estate: Estate): Answer {
  const role = estate.roleByArn.get(arn);
  if (role === undefined) return { kind: 'unknown', reason: 'the role was not read' };
  const permission = rolePermits(role, callOf(arn, view), estate);
  if (permission.kind !== 'unknown') return { reason: '', ...permission };
  const known =
    role.role.permissionsBoundary === undefined &&
    role.role.attachedPolicies?.some((policy) => NODE_POLICIES.test(policy));
  return known === true ? { kind: 'allowed', reason: '' } : permission;
}

/** Whether the service control policies above a node role let it ask: they hold for it as for any role of a member account. */
function organizationAnswer(arn: string, view: ClusterView, estate: Estate): Answer {
  const caller = { account: view.account.id, tags: estate.roleByArn.get(arn)?.role.tags };
  const answer = serviceControl(caller, [callOf(arn, view)], estate);
  switch (answer.kind) {
    case 'not-read':
      return { kind: 'left-out', reason: '' };
    case 'none':
      return { kind: 'allowed', reason: answer.reason };
    case 'passes':
      return { kind: 'allowed', reason: '' };
    case 'refused':
    case 'unknown':
      return answer;
  }
}

const distinct = (answers: readonly Answer[]) => [...new Set(answers.map(({ reason }) => reason))].join('; ');

function ownPolicies(view: ClusterView, estate: Estate): Question {
  return {
    check: 'node-permission',
    rule: 'no-missing-node-permission',
    ask: (arn) => ownAnswer(arn, view, estate),
    because: () => '',
  };
}

function organizationPolicies(view: ClusterView, estate: Estate): Question {
  return {
    check: 'node-control-policies',
    rule: 'no-denying-control-policy',
    ask: (arn) => organizationAnswer(arn, view, estate),
    because: (refused) => ` The organization refuses: ${distinct(refused)}.`,
  };
}

/** Whether the nodes of the pods may call by their own policies: those of all pods of associations unless some are given. */
export function nodeStep(view: ClusterView, estate: Estate, pods?: readonly PodGroup[]): Step {
  return answered(ownPolicies(view, estate), view, pods);
}

/** Whether the organization lets the nodes of the pods call: those of all pods of associations unless some are given. */
export function nodeControlStep(view: ClusterView, estate: Estate, pods?: readonly PodGroup[]): Step {
  return answered(organizationPolicies(view, estate), view, pods);
}

/** What the organization says of one node role, or null for a role of which no pod with an association needs it. */
export function nodeRoleControlStep(arn: string, view: ClusterView, estate: Estate): Step | null {
  const known = rolesOfPods(podsOfAssociations(view), view);
  if (!(known?.roles ?? nodeRoles(view)).includes(arn)) return null;
  const question = organizationPolicies(view, estate);
  const answer = question.ask(arn);
  if (answer.kind !== 'refused')
    return (
      judged(question, view, [{ arn, answer }]) ??
      pass(question.check, passes(question, view, [{ arn, answer }]))
    );
  const whole = answered(question, view);
  const because = question.because([answer]);
  return whole.status === 'fail'
    ? fail(question.check, `Nodes with the role ${arn} may not call ${CALL}.${because}`, question.rule)
    : unknown(question.check, `${whole.detail}${because}`, whole.side);
}

interface Judged {
  readonly arn: string;
  readonly answer: Answer;
}

const arns = (judgements: readonly Judged[]) => judgements.map(({ arn }) => arn).join(', ');
const withKind = (judgements: readonly Judged[], kind: Answer['kind']) =>
  judgements.filter(({ answer }) => answer.kind === kind);

function answered(
  question: Question,
  view: ClusterView,
  pods: readonly PodGroup[] = podsOfAssociations(view),
): Step {
  const { check, ask } = question;
  const known = rolesOfPods(pods, view);
  const judgements = (known?.roles ?? nodeRoles(view)).map((arn) => ({ arn, answer: ask(arn) }));
  if (known === null) return ofAnyNode(question, view, judgements);
  const decided = judged(question, view, judgements);
  if (decided !== null) return decided;
  if (!known.complete)
    return unknown(check, 'The role of some of the nodes that the pods run on was not read.', 'kubernetes');
  return pass(check, passes(question, view, judgements));
}

/** The step for node roles that pods are known to run with; null where all of them may call. */
function judged(question: Question, view: ClusterView, judgements: readonly Judged[]): Step | null {
  const { check, rule, because } = question;
  const refused = withKind(judgements, 'refused');
  if (refused.length > 0) {
    const detail = `The pods run on nodes that may not call ${CALL}: ${arns(refused)}.`;
    return fail(check, `${detail}${because(refused.map(({ answer }) => answer))}`, rule);
  }
  if (withKind(judgements, 'left-out').length > 0) return leftOut(check, notRead(view));
  const [open] = withKind(judgements, 'unknown');
  return open === undefined
    ? null
    : unknown(check, `Whether ${open.arn} may call ${CALL} is not known: ${open.answer.reason}.`);
}

const notRead = ({ account }: ClusterView) =>
  `Service control policies above account ${account.id} are not read; one that denies ${CALL} to its nodes would break it.`;

function passes({ check }: Question, { account }: ClusterView, judgements: readonly Judged[]): string {
  if (check === 'node-permission')
    return `The nodes that the pods run on may call ${CALL}: ${arns(judgements)}.`;
  const said = judgements[0]?.answer.reason ?? '';
  return said === ''
    ? `The service control policies above account ${account.id} let the nodes call ${CALL}.`
    : said;
}

/**
 * On which nodes the pods land is a matter of Kubernetes: without them it is known to fail only when no node role may
 * call, and all of them are known. With CONFIG_MAP, further node roles may be in `aws-auth`.
 */
function ofAnyNode(question: Question, view: ClusterView, judgements: readonly Judged[]): Step {
  const { check, rule, because } = question;
  const isOwn = check === 'node-permission';
  if (!isOwn && judgements.length === 0)
    return leftOut(check, 'No node role is known of which the policies of the organization could be asked.');
  if (withKind(judgements, 'left-out').length > 0) return leftOut(check, notRead(view));
  const refused = withKind(judgements, 'refused');
  const inConfigMap = view.cluster.authenticationMode === 'CONFIG_MAP';
  const missing = view.missing('nodegroups') ?? (inConfigMap ? null : view.missing('accessEntries'));
  if (missing !== null)
    return unknown(check, `${unread(missing)} It would show node roles, and each needs ${CALL}.`);
  if (judgements.length > 0 && refused.length === judgements.length && !inConfigMap) {
    const detail = `None of the cluster's node roles may call ${CALL}: ${arns(refused)}.`;
    return fail(check, `${detail}${because(refused.map(({ answer }) => answer))}`, rule);
  }
  if (judgements.length > 0 && judgements.every(({ answer }) => answer.kind === 'allowed'))
    return pass(
      check,
      isOwn ? `Every known node role may call ${CALL}.` : passes(question, view, judgements),
    );
  const [open] = withKind(judgements, 'unknown');
  if (refused.length === 0 && open !== undefined && !isOwn)
    return unknown(check, `Whether ${open.arn} may call ${CALL} is not known: ${open.answer.reason}.`);
  const which =
    refused.length > 0
      ? `Not every node role may call ${CALL} (${arns(refused)} may not)`
      : `Not every node role is known to be allowed ${CALL}`;
  return unknown(
    check,
    `${which}: it depends on the node that a pod runs on, which Kubernetes shows.`,
    'kubernetes',
  );
}
