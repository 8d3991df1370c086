import type { AssociationView, Estate, RoleView } from '../../estate/estate.ts';
import type { Repair, Step } from '../../identity/chain.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { podIdentityChain } from '../../identity/pod-identity-chain.ts';
import { diagnosedFaults } from '../diagnosed.ts';
import { admitsPod } from './pod-door.ts';

/** The rules that one association can break, the root cause first. */
const ORDER = [
  'no-missing-association-role',
  'no-tagless-tag-condition',
  'no-untrusted-association',
  'no-broken-target-role',
] as const;

export type AssociationRule = (typeof ORDER)[number];

/** Why an association gives its pods no credentials, or what of it is not known. */
export interface AssociationFailure {
  readonly rule: AssociationRule;
  /** The first failing check of the chain. */
  readonly check: string;
  readonly detail: string;
  readonly repair: Repair | null;
  /** Rules that name the cause elsewhere: the trust policy's own fault is one finding for all its associations. */
  readonly explainedBy: string | null;
}

export interface AssociationJudgement {
  readonly failure: AssociationFailure | null;
  readonly undecided: readonly {
    readonly rule: AssociationRule;
    readonly read: string;
    readonly reason: string;
  }[];
}

const SOUND: AssociationJudgement = { failure: null, undecided: [] };
/** By estate: the same snapshot object may be part of several. */
const judgements = new WeakMap<Estate, Map<AssociationView['association'], AssociationJudgement>>();

/** Judges one association by the same chain that `explain` prints; most are sound, and that is found out first. */
export function judgeAssociation(view: AssociationView, estate: Estate): AssociationJudgement {
  let ofEstate = judgements.get(estate);
  if (ofEstate === undefined) {
    ofEstate = new Map();
    judgements.set(estate, ofEstate);
  }
  let judgement = ofEstate.get(view.association);
  if (judgement === undefined) {
    judgement = isSound(view, estate) ? SOUND : judgeChain(view, estate);
    ofEstate.set(view.association, judgement);
  }
  return judgement;
}

function isSound({ association, cluster }: AssociationView, estate: Estate): boolean {
  if (association.roleArn === undefined || association.targetRoleArn !== undefined) return false;
  const role = estate.roleByArn.get(association.roleArn);
  if (role === undefined || role.account !== cluster.account) return false;
  const { namespace, serviceAccount } = association;
  const pod = { clusterArn: cluster.cluster.arn, account: cluster.account.id, namespace, serviceAccount };
  return admitsPod(role, { ...pod, tags: hasSessionTags(association) }) === 'allowed';
}

function judgeChain(view: AssociationView, estate: Estate): AssociationJudgement {
  const { steps, repair } = podIdentityChain(view, estate);
  const failed = steps.filter(({ status, check }) => status === 'fail' && ruleOfCheck(check) !== null);
  const role = estate.roleByArn.get(view.association.roleArn ?? '');
  const undecided = steps.flatMap((step) => {
    const rules = step.status === 'unknown' ? rulesBehind(step.check) : [];
    return rules.map((rule) => ({ rule, read: readOf(step), reason: step.detail }));
  });
  const failures = failed.map((step) => failureOf(step, repair, role, estate));
  const failure = failures.sort((a, b) => ORDER.indexOf(a.rule) - ORDER.indexOf(b.rule))[0] ?? null;
  return { failure, undecided };
}

function failureOf(
  step: Step,
  repair: Repair | null,
  role: RoleView | undefined,
  estate: Estate,
): AssociationFailure {
  const named = ORDER.find((rule) => rule === step.rule);
  const faults = role === undefined ? [] : diagnosedFaults(role, estate);
  const explainedBy = faults.includes(step.rule ?? '') ? (step.rule ?? null) : null;
  const rule = named ?? ruleOfCheck(step.check) ?? 'no-untrusted-association';
  return { rule, check: step.check, detail: step.detail, repair, explainedBy };
}

/** The rule under which a check of the chain falls, or null for checks about the cluster and its nodes. */
function ruleOfCheck(check: string): AssociationRule | null {
  if (check === 'association-role' || check === 'target-role') return 'no-missing-association-role';
  if (check.startsWith('trust-')) return 'no-untrusted-association';
  return check === 'target-trust' || check === 'target-permission' ? 'no-broken-target-role' : null;
}

/** The rules that a check leaves undecided: its own, and those whose checks come only after it. */
function rulesBehind(check: string): readonly AssociationRule[] {
  if (check === 'association-role') return ORDER;
  if (check === 'target-role') return ['no-missing-association-role', 'no-broken-target-role'];
  const rule = ruleOfCheck(check);
  return rule === null ? [] : [rule];
}

/** What would decide a step: the roles of an account, or the values that only a real request carries. */
function readOf({ check, detail }: Step): string {
  const named = /\bNot known: (\S+) is missing/.exec(detail)?.[1];
  if (named !== undefined) return named;
  return check === 'target-permission' ? 'iam:GetPolicyVersion' : 'cloudtrail:LookupEvents';
}
