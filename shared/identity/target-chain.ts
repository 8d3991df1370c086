import type { AssociationView, Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy } from '../iam/compile.ts';
import { evaluate } from '../iam/evaluate.ts';
import { describeMismatch } from '../iam/explain.ts';
import type { Decision, Request } from '../iam/request.ts';
import { assumeRoleRequests } from '../iam/requests.ts';
import type { Repair, Step } from './chain.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { controlRepair, resourceControlStep, serviceControlStep } from './control-steps.ts';
import { hasSessionTags } from './diagnose-pod-identity.ts';
import { invalidities } from './invalidity.ts';
import type { ChainPart } from './irsa-chain.ts';
import { prettyPolicy } from './policy-edit.ts';
import { repairTrust } from './repair.ts';
import { rolePermits } from './role-permits.ts';
import { roleStanding } from './role-standing.ts';

const RULE = 'no-broken-target-role';

/** The second hop of an association: the first role assumes the target role; no steps when there is no target. */
export function targetSteps(view: AssociationView, first: RoleView, estate: Estate): ChainPart {
  const { targetRoleArn, externalId } = view.association;
  if (targetRoleArn === undefined) return { steps: [], repair: null };
  const standing = roleStanding(targetRoleArn, estate);
  const calls = callsTo(targetRoleArn, view, first);
  if (standing.kind !== 'exists') {
    const step =
      standing.kind === 'absent'
        ? fail(
            'target-role',
            `The target role ${targetRoleArn} does not exist.${standing.near}`,
            'no-missing-association-role',
          )
        : unknown('target-role', unread(standing.missing));
    const repair =
      step.status === 'fail'
        ? { text: `Create ${targetRoleArn}, or point the association at another target role.` }
        : null;
    return { steps: [step, permissionStep(calls, first, null, estate).step], repair };
  }
  const target = standing.role;
  const trust = targetTrust(target, calls);
  const permission = permissionStep(calls, first, target, estate);
  const repair =
    trust.step.status === 'fail'
      ? trustRepair(target, first, calls, externalId)
      : permission.step.status === 'fail'
        ? permission.repair
        : null;
  const control = [serviceControlStep(first, calls, estate), resourceControlStep(target, calls, estate)];
  return {
    steps: [pass('target-role', `${targetRoleArn} exists.`), trust.step, permission.step, ...control],
    repair: repair ?? controlRepair(control),
  };
}

/** What the first role asks for; session tags that EKS set are transitive and count again. */
function callsTo(
  target: string,
  { association, cluster }: AssociationView,
  first: RoleView,
): readonly Request[] {
  const { namespace, serviceAccount, externalId } = association;
  const tags = hasSessionTags(association)
    ? {
        'eks-cluster-arn': cluster.cluster.arn,
        'eks-cluster-name': cluster.cluster.name,
        'kubernetes-namespace': namespace,
        'kubernetes-service-account': serviceAccount,
      }
    : undefined;
  const { assume, tagSession } = assumeRoleRequests({
    principalArn: first.role.arn,
    account: first.account.id,
    at: first.account.takenAt,
    ...(first.account.organization !== undefined && { organization: first.account.organization }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(tags === undefined ? {} : { tags }),
    roleArn: target,
  });
  return tagSession === null ? [assume] : [assume, tagSession];
}

function targetTrust(target: RoleView, calls: readonly Request[]): { step: Step } {
  const trust = target.trust();
  const { compiled } = trust;
  if (compiled === null) {
    const problem = invalidities(trust)[0];
    return {
      step: fail(
        'target-trust',
        `IAM would refuse the trust policy of ${target.role.arn}. ${problem?.message ?? ''}`,
        'no-invalid-trust-policy',
      ),
    };
  }
  const decisions = calls.map((request) => ({ request, decision: evaluate(compiled, request) }));
  const refused = decisions.find(({ decision }) => decision.outcome === 'denied');
  if (refused !== undefined) {
    return {
      step: fail(
        'target-trust',
        `${target.role.arn} does not let the first role in by ${refused.request.action}: ${why(refused.decision)}.`,
        RULE,
      ),
    };
  }
  if (decisions.some(({ decision }) => decision.outcome === 'undecided')) {
    return {
      step: unknown(
        'target-trust',
        `The trust policy of ${target.role.arn} depends on a value that only the request itself carries.`,
      ),
    };
  }
  return { step: pass('target-trust', `${target.role.arn} lets the first role in.`) };
}

/** The reason of the Allow statement that got furthest. */
function why({ by, statements }: Decision): string {
  if (by !== null) return `statement ${by.index + 1} denies it`;
  const order = ['principal', 'action', 'resource', 'condition'] as const;
  const reasons = statements.flatMap((result) =>
    result.statement.effect === 'Allow' && result.applies === 'no' ? [result.because] : [],
  );
  const furthest = reasons.sort((a, b) => order.indexOf(b.part) - order.indexOf(a.part))[0];
  return furthest === undefined ? 'no statement allows it' : describeMismatch(furthest);
}

/**
 * The first role's own permission. Within one account a trust policy that names the role itself is enough (IAM user
 * guide, Policy evaluation logic for requests within a single account); one that names the account is not.
 */
function permissionStep(
  calls: readonly Request[],
  first: RoleView,
  target: RoleView | null,
  estate: Estate,
): { step: Step; repair: Repair } {
  const repair = {
    text: `Allow ${first.role.arn} the actions sts:AssumeRole and sts:TagSession on ${calls[0]?.resource ?? 'the target role'} in one of its own policies.`,
  };
  const named = target !== null && target.account === first.account && namesRole(target, first);
  for (const request of calls) {
    const permission = rolePermits(first, request, estate);
    if (permission.kind === 'allowed' || (named && permission.kind === 'refused' && !permission.explicit))
      continue;
    const detail = `${first.role.arn} and ${request.action} on ${request.resource ?? ''}: ${permission.reason}.`;
    if (permission.kind === 'unknown') return { step: unknown('target-permission', detail), repair };
    return { step: fail('target-permission', detail, RULE), repair };
  }
  return { step: pass('target-permission', `${first.role.arn} may assume the target role.`), repair };
}

function namesRole(target: RoleView, first: RoleView): boolean {
  const { policy } = target.trust();
  return (policy?.statements ?? []).some(
    ({ effect, principal }) =>
      effect === 'Allow' &&
      principal?.negated === false &&
      principal.entries.some(({ kind, value }) => kind === 'AWS' && value === first.role.arn),
  );
}

function trustRepair(
  target: RoleView,
  first: RoleView,
  calls: readonly Request[],
  externalId: string | undefined,
): Repair {
  const trust = target.trust();
  if (trust.compiled === null)
    return {
      text: 'Correct the trust policy of the target role where IAM refuses it.',
      before: prettyPolicy(trust.text),
    };
  return repairTrust(trust, null, {
    whom: first.role.arn,
    achieved: (policy: CompiledPolicy) =>
      calls.every((request) => evaluate(policy, request).outcome === 'allowed'),
    exact: () => false,
    statement: {
      Effect: 'Allow',
      Principal: { AWS: first.role.arn },
      Action: calls.map(({ action }) => action),
      ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
    },
  });
}
