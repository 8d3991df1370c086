import type { Estate, RoleView } from '../estate/estate.ts';
import type { ControlPolicies } from '../estate/snapshot.ts';
import { parseArn } from '../iam/arn.ts';
import { type CompiledPolicy, compile } from '../iam/compile.ts';
import { evaluate } from '../iam/evaluate.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { PolicyKind } from '../iam/policy.ts';
import type { ContextValue, Request } from '../iam/request.ts';
import { denyWords } from './deny-words.ts';

/** What an organization's control policies say of calls. */
export type ControlAnswer =
  | { readonly kind: 'not-read' }
  /** They do not apply; `reason` says why. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'passes' }
  /** `policy` is its name and id; empty where no policy of a level allows the call. */
  | { readonly kind: 'refused' | 'unknown'; readonly policy: string; readonly reason: string };

type PolicyType = 'service' | 'resource';
type Attached = NonNullable<ControlPolicies[PolicyType]>['policies'][number];

/**
 * What the resource control policies above a role's account say of calls that act upon the role, whoever makes them: a
 * Deny at any level refuses. They hold for services and for calls without credentials, too; not for roles of the
 * management account, nor for service-linked roles. (Organizations user guide, "Resource control policies".)
 */
export function resourceControl(role: RoleView, calls: readonly Request[], estate: Estate): ControlAnswer {
  const levels = levelsOf('resource', role.account.id, estate);
  if ('kind' in levels) return levels;
  if (role.role.arn.includes(':role/aws-service-role/'))
    return { kind: 'none', reason: 'They do not hold for service-linked roles.' };
  const asked = calls.map((call) => aboutRole(call, role, estate));
  return strictest(
    levels.flat().flatMap((policy) => asked.map((call) => denied(policy, 'resource-control', call, estate))),
  );
}

/** The role that makes a call: its account, and its tags where they were read. */
export interface Caller {
  readonly account: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * What the service control policies above a role's account say of calls that the role makes: a Deny at any level
 * refuses, and each level has to allow. They do not hold for the management account. (Organizations user guide, "SCP
 * evaluation".)
 */
export function serviceControl(caller: Caller, calls: readonly Request[], estate: Estate): ControlAnswer {
  const levels = levelsOf('service', caller.account, estate);
  if ('kind' in levels) return levels;
  const asked = calls.map((call) => byRole(call, caller, estate));
  return strictest([
    ...levels.flat().flatMap((policy) => asked.map((call) => denied(policy, 'identity', call, estate))),
    ...levels.flatMap((level) => asked.map((call) => allowedAt(level, call, estate))),
  ]);
}

/** The policies attached to the root, each organizational unit and the account itself, from the root down. */
function levelsOf(type: PolicyType, account: string, estate: Estate): readonly Attached[][] | ControlAnswer {
  const { organization } = estate.snapshot;
  const read = organization?.controlPolicies;
  const policies = read?.[type];
  if (read === undefined || policies === undefined) return { kind: 'not-read' };
  if (!policies.enabled) return { kind: 'none', reason: 'The organization does not use them.' };
  if (organization?.managementAccount === account)
    return { kind: 'none', reason: 'They do not hold for the management account.' };
  const path = read.paths[account];
  if (path === undefined) return { kind: 'not-read' };
  return [...path.split('/'), account].map((target) =>
    policies.policies.filter(({ targets }) => targets.includes(target)),
  );
}

const RANK = { refused: 0, unknown: 1, passes: 2 } as const;
type Verdict = Extract<ControlAnswer, { readonly kind: keyof typeof RANK }>;

function strictest(answers: readonly Verdict[]): ControlAnswer {
  return answers.reduce<Verdict>((worst, answer) => (RANK[answer.kind] < RANK[worst.kind] ? answer : worst), {
    kind: 'passes',
  });
}

/** Whether a Deny of one policy applies to a call. */
function denied(policy: Attached, kind: PolicyKind, call: Request, estate: Estate): Verdict {
  const compiled = compiledOf(policy, kind, estate);
  const name = `${policy.name} (${policy.id})`;
  if (compiled === null)
    return { kind: 'unknown', policy: name, reason: `${name} is no policy that can be read` };
  const { statements } = evaluate(compiled, call);
  const denies = statements.filter(({ statement }) => statement.effect === 'Deny');
  const one = denies.find(({ applies }) => applies === 'yes');
  if (one !== undefined) {
    const sid = one.statement.sid === undefined ? '' : ` (${one.statement.sid})`;
    return {
      kind: 'refused',
      policy: name,
      reason: `statement ${one.statement.index + 1}${sid} of ${name} denies ${call.action}${denyWords(compiled, one.statement.index, call)}`,
    };
  }
  return denies.some(({ applies }) => applies === 'undecided')
    ? {
        kind: 'unknown',
        policy: name,
        reason: `a Deny of ${name} depends on a value that only the call carries`,
      }
    : { kind: 'passes' };
}

/** Whether some policy of a level allows a call. */
function allowedAt(level: readonly Attached[], call: Request, estate: Estate): Verdict {
  let open = false;
  for (const policy of level) {
    const compiled = compiledOf(policy, 'identity', estate);
    const allows =
      compiled === null
        ? []
        : evaluate(compiled, call).statements.filter(({ statement }) => statement.effect === 'Allow');
    if (allows.some(({ applies }) => applies === 'yes')) return { kind: 'passes' };
    if (compiled === null || allows.some(({ applies }) => applies === 'undecided')) open = true;
  }
  const reason = open
    ? `whether a service control policy allows ${call.action} depends on what only the call carries`
    : `no service control policy of one level allows ${call.action}`;
  return { kind: open ? 'unknown' : 'refused', policy: '', reason };
}

const compiledByEstate = new WeakMap<Estate, Map<string, CompiledPolicy | null>>();

function compiledOf({ id, document }: Attached, kind: PolicyKind, estate: Estate): CompiledPolicy | null {
  const known = compiledByEstate.get(estate) ?? new Map<string, CompiledPolicy | null>();
  compiledByEstate.set(estate, known);
  let compiled = known.get(id);
  if (compiled === undefined) {
    const { policy } = parsePolicy(document, kind);
    compiled = policy === null ? null : compile(policy);
    known.set(id, compiled);
  }
  return compiled;
}

/** The call with what is known of the role as the resource, and of the organization of a service's source. */
function aboutRole(call: Request, role: RoleView, estate: Estate): Request {
  const account = role.account.id;
  const values = new Map<string, ContextValue>([
    ['aws:resourceaccount', [account]],
    ...placeOf('aws:resourceorg', account, estate),
  ]);
  const source = call.context('aws:sourceaccount');
  if (typeof source !== 'string' && source[0] !== undefined)
    for (const [key, value] of placeOf('aws:sourceorg', source[0], estate)) values.set(key, value);
  const { tags } = role.role;
  return {
    ...call,
    context: (key) => {
      const known = values.get(key);
      if (known !== undefined) return known;
      const tag = /^(?:aws|iam):resourcetag\/(.*)$/.exec(key)?.[1];
      if (tag === undefined || tags === undefined) return call.context(key);
      const value = tagIn(tags, tag);
      return value === undefined ? 'absent' : [value];
    },
  };
}

/** Session tags that EKS and IAM Roles Anywhere set beside the tags of the role itself. */
const SESSION_TAG = /^(?:eks-|kubernetes-|x509)/;

/** The call with what is known of the role that makes it, and of the organization of what it acts upon. */
function byRole(call: Request, { account, tags }: Caller, estate: Estate): Request {
  const resource = call.resource === undefined ? undefined : parseArn(call.resource)?.account;
  const values = new Map<string, ContextValue>([
    ...placeOf('aws:principalorg', account, estate),
    ...(resource === undefined ? [] : placeOf('aws:resourceorg', resource, estate)),
  ]);
  return {
    ...call,
    context: (key) => {
      const known = values.get(key);
      if (known !== undefined) return known;
      const said = call.context(key);
      const tag = /^aws:principaltag\/(.*)$/.exec(key)?.[1];
      if (said !== 'unknown' || tag === undefined || tags === undefined) return said;
      const value = tagIn(tags, tag);
      if (value !== undefined) return [value];
      return SESSION_TAG.test(tag) ? 'unknown' : 'absent';
    },
  };
}

/** A tag by its key as condition keys have it: they are case-insensitive. */
const tagIn = (tags: Readonly<Record<string, string>>, wanted: string): string | undefined =>
  Object.entries(tags).find(([key]) => key.toLowerCase() === wanted)?.[1];

/** Organization and path of an account, where it is one of the organization that was read. */
function placeOf(prefix: string, account: string, { snapshot }: Estate): [string, ContextValue][] {
  const { id, controlPolicies } = snapshot.organization ?? {};
  const path = controlPolicies?.paths[account];
  if (id === undefined || path === undefined) return [];
  return [
    [`${prefix}id`, [id]],
    [`${prefix}paths`, [`${id}/${path}/`]],
  ];
}
