import type { Estate, RoleView } from '../estate/estate.ts';
import { type CompiledPolicy, compile } from '../iam/compile.ts';
import { evaluate, type Outcome } from '../iam/evaluate.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Request } from '../iam/request.ts';

/** Whether a role's own policies permit a call. */
export type Permission =
  | { readonly kind: 'allowed' }
  /** `explicit` when a Deny refuses, or the permissions boundary does not allow it. */
  | { readonly kind: 'refused'; readonly explicit: boolean; readonly reason: string }
  /** `unread`: something that would decide was not read; otherwise the request leaves it open. */
  | { readonly kind: 'unknown'; readonly unread: boolean; readonly reason: string };

/**
 * Evaluates a role's inline and managed policies and its permissions boundary for one call (IAM user guide, Policy
 * evaluation logic). Service control policies and session policies are not looked at. Conditions that the request
 * leaves open, and documents that were not read, give `unknown` unless the answer is the same without them.
 */
export function rolePermits(role: RoleView, request: Request, estate: Estate): Permission {
  const { inlinePolicies, attachedPolicies, permissionsBoundary } = role.role;
  if (inlinePolicies === undefined || attachedPolicies === undefined) {
    return { kind: 'unknown', unread: true, reason: `the policies of ${role.role.arn} were not read` };
  }
  const attached = attachedPolicies.map((arn) => ({ arn, policy: documentOf(arn, estate) }));
  const missing = attached.filter(({ policy }) => policy === undefined).map(({ arn }) => arn);
  const policies = [
    ...inlinePolicies.map(({ document }) => identityPolicy(document)),
    ...attached.map(({ policy }) => policy),
  ];
  const outcomes = policies.flatMap((policy) => (policy ? [outcomeOf(policy, request)] : []));
  if (outcomes.includes('refused'))
    return { kind: 'refused', explicit: true, reason: 'a Deny of its own policies refuses it' };
  const limit = boundaryOutcome(permissionsBoundary, request, estate);
  if (limit === 'refused' || limit === 'denied') {
    return {
      kind: 'refused',
      explicit: true,
      reason: `its permissions boundary ${permissionsBoundary ?? ''} does not allow it`,
    };
  }
  if (missing.length > 0)
    return { kind: 'unknown', unread: true, reason: `${missing.join(', ')} was not read` };
  if (outcomes.includes('undecided'))
    return { kind: 'unknown', unread: false, reason: 'a condition of its policies depends on the request' };
  if (!outcomes.includes('allowed'))
    return { kind: 'refused', explicit: false, reason: 'none of its policies allows it' };
  if (limit === 'undecided') {
    const unread = documentOf(permissionsBoundary ?? '', estate) === undefined;
    return { kind: 'unknown', unread, reason: `whether its permissions boundary allows it is not known` };
  }
  return { kind: 'allowed' };
}

/** `refused`: by an explicit Deny, which no other policy makes up for. */
type PolicyOutcome = Outcome | 'refused';

function outcomeOf(policy: CompiledPolicy, request: Request): PolicyOutcome {
  const { outcome, by } = evaluate(policy, request);
  return outcome === 'denied' && by !== null ? 'refused' : outcome;
}

function boundaryOutcome(arn: string | undefined, request: Request, estate: Estate): PolicyOutcome {
  if (arn === undefined) return 'allowed';
  const policy = documentOf(arn, estate);
  return policy === undefined ? 'undecided' : outcomeOf(policy, request);
}

const compiledByEstate = new WeakMap<Estate, Map<string, CompiledPolicy | undefined>>();

/** A managed policy, of any account that read it. */
function documentOf(arn: string, estate: Estate): CompiledPolicy | undefined {
  const known = compiledByEstate.get(estate) ?? new Map<string, CompiledPolicy | undefined>();
  compiledByEstate.set(estate, known);
  if (known.has(arn)) return known.get(arn);
  const document = estate.policyDocument(arn);
  const compiled = document === undefined ? undefined : identityPolicy(document);
  known.set(arn, compiled);
  return compiled;
}

function identityPolicy(document: string): CompiledPolicy | undefined {
  const { policy } = parsePolicy(document, 'identity');
  return policy === null ? undefined : compile(policy);
}
