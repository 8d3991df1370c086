import { IAM_CONTROL, PATHS, SELF_HELP } from './catalogue.ts';
import { DATA_GROUPS, type DataGroup } from './data.ts';
import { type Grant, grantsOf, type PolicySet } from './grants.ts';
import type { Path } from './paths.ts';
import { everythingOf, type Home, RESOURCE_TYPES } from './resources.ts';
import { reaches, type Scope, scopeOf } from './scope.ts';

/** Why a role has a grade. */
export interface PrivilegeReason {
  readonly grade: 'admin' | 'escalation' | 'data' | 'limited';
  /** Lower-cased, `iam:passrole`. */
  readonly actions: readonly string[];
  /** Resource patterns as granted. */
  readonly resources: readonly string[];
  /** Inline policies by name, managed ones by ARN. */
  readonly policies: readonly string[];
  /** True when the permission holds under conditions only. */
  readonly conditional: boolean;
  /** One sentence: what it allows. */
  readonly text: string;
}

/** A role's permissions, and what is known of the role itself. */
export interface Holder {
  readonly set: PolicySet;
  readonly boundary: PolicySet | null;
  readonly home: Home;
  /** ARNs whose change changes the role: its own, and those of its policies. */
  readonly own: ReadonlySet<string>;
}

/** The one reason that makes an administrator, or null. */
export function adminReason(holder: Holder): PrivilegeReason | null {
  const whole = wholeGrants(holder);
  if (whole.length > 0 && SELF_HELP.some((action) => anywhere(holder, action).length > 0)) {
    return reason('admin', ['*'], whole, 'May do everything on every resource');
  }
  if (!IAM_CONTROL.every((action) => holder.set.byAction.has(action))) return null;
  const control = IAM_CONTROL.map((action) => anywhere(holder, action));
  if (control.some((grants) => grants.length === 0)) return null;
  const text = 'May write roles and policies at will, and so give itself everything';
  return reason('admin', IAM_CONTROL, control.flat(), text);
}

/** Grants of every action on everything: statements that say so, in the role and in its boundary. */
function wholeGrants({ set, boundary }: Holder): Grant[] {
  const held = everythingIn(set);
  if (boundary === null) return held;
  const bounds = everythingIn(boundary);
  if (bounds.length === 0) return [];
  const conditional = bounds.every((bound) => bound.conditional);
  return held.map((grant) => ({ ...grant, conditional: grant.conditional || conditional }));
}

function everythingIn(set: PolicySet): Grant[] {
  return set.allows.flatMap(({ policy, statement }) => {
    const { action, resource, conditional, passedTo } = statement;
    const all = !(action.negated || resource.negated) && resource.patterns.includes('*');
    const every = all && action.patterns.some((pattern) => pattern === '*' || pattern === '*:*');
    return every ? [{ pattern: '*', policy, conditional, passedTo }] : [];
  });
}

function anywhere(holder: Holder, action: string): Grant[] {
  const type = action.includes('policyversion') ? RESOURCE_TYPES.policy : RESOURCE_TYPES.role;
  const grants = grantsOf(holder.set, holder.boundary, action, everythingOf(type, holder.home));
  return grants.filter((grant) => scopeOf(grant.pattern, type.prefix) === 'any');
}

const PATH_ACTIONS: ReadonlySet<string> = new Set(PATHS.map(({ action }) => action));

/** Every known escalation path that the role has, and those that end at names whose own rights decide. */
export function pathReasons(holder: Holder): PrivilegeReason[] {
  // Most roles have none of these actions, and fewer than there are paths.
  if (holder.set.byAction.keys().every((action) => !PATH_ACTIONS.has(action))) return [];
  return PATHS.flatMap((path) => (holder.set.byAction.has(path.action) ? pathReason(path, holder) : []));
}

function pathReason(path: Path, holder: Holder): PrivilegeReason[] {
  const type = RESOURCE_TYPES[path.on];
  const grants = grantsOf(holder.set, holder.boundary, path.action, everythingOf(type, holder.home)).filter(
    (grant) => path.passedTo === undefined || passesTo(grant, path.passedTo),
  );
  const helpers = path.needs.map((need) => need.flatMap((action) => helperGrants(action, holder)));
  if (grants.length === 0 || helpers.some((found) => found.length === 0)) return [];
  const far = grants.filter((grant) => leadsFar(grant, path, type.prefix, holder));
  const used = far.length > 0 ? far : grants;
  const needed = helpers.flatMap((found) => preferred(found).slice(0, 1));
  const actions = [path.action, ...new Set(needed.map((helper) => helper.action))];
  const text = `May ${path.allows} ${targetWords(used, type.noun, type.prefix, holder)}`;
  const whole = far.length > 0 ? text : `${text}: what that may do decides`;
  return [reason(far.length > 0 ? 'escalation' : 'limited', actions, preferred(used), whole, needed)];
}

function passesTo(grant: Grant, service: string): boolean {
  return grant.passedTo === null || grant.passedTo.some((test) => test(service));
}

function leadsFar(grant: Grant, path: Path, prefix: string, holder: Holder): boolean {
  if (reaches(scopeOf(grant.pattern, prefix), path.from)) return true;
  return path.self === true && holder.own.has(grant.pattern);
}

interface Helper extends Grant {
  readonly action: string;
}

function helperGrants(action: string, holder: Holder): Helper[] {
  const service = action.slice(0, action.indexOf(':'));
  const everything = `arn:${holder.home.partition}:${service}:*`;
  return grantsOf(holder.set, holder.boundary, action, everything).map((grant) => ({ ...grant, action }));
}

/** Unconditional grants where there are any: a reason says "under conditions" only when nothing holds without. */
function preferred<G extends Grant>(grants: readonly G[]): readonly G[] {
  const sure = grants.filter((grant) => !grant.conditional);
  return sure.length > 0 ? sure : grants;
}

/** One reason per kind of data. */
export function dataReasons(holder: Holder): PrivilegeReason[] {
  return DATA_GROUPS.flatMap((group) => {
    const names = group.actions.filter((action) => holder.set.byAction.has(action));
    return names.length === 0 ? [] : dataReason(group, names, holder);
  });
}

function everythingOfService({ home }: Holder, { service }: DataGroup): string {
  return `arn:${home.partition}:${service}:*`;
}

function dataReason(group: DataGroup, names: readonly string[], holder: Holder): PrivilegeReason[] {
  const everything = everythingOfService(holder, group);
  const grants = names.flatMap((action) => {
    const found = grantsOf(holder.set, holder.boundary, action, everything);
    return found.map((grant) => ({ ...grant, action }));
  });
  if (grants.length === 0) return [];
  const actions = new Set(grants.map((grant) => grant.action));
  const text = `May read or write ${group.noun} (${listed([...actions])})`;
  return [reason('data', [...actions], preferred(grants), text)];
}

/** Groups by their actions; a service may have several. */
const GROUPS_OF = Map.groupBy(
  DATA_GROUPS.flatMap((group) => group.actions.map((action) => ({ action, group }))),
  ({ action }) => action,
);

/** True when there is any of {@link dataReasons}. */
export function hasData(holder: Holder): boolean {
  for (const action of holder.set.byAction.keys()) {
    for (const { group } of GROUPS_OF.get(action) ?? []) {
      const everything = everythingOfService(holder, group);
      if (grantsOf(holder.set, holder.boundary, action, everything).length > 0) return true;
    }
  }
  return false;
}

const SHOWN = 3;

/** At most three, then how many more. */
function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, SHOWN).join(', ');
  return texts.length > SHOWN ? `${shown} and ${texts.length - SHOWN} more` : shown;
}

function targetWords(grants: readonly Grant[], noun: string, prefix: string, holder: Holder): string {
  const scopes = new Set<Scope>(grants.map((grant) => scopeOf(grant.pattern, prefix)));
  if (scopes.has('any')) return `any ${noun}${inAccounts(grants, prefix, holder)}`;
  const patterns = [...new Set(grants.map((grant) => grant.pattern))];
  const self = grants.some((grant) => holder.own.has(grant.pattern)) ? ', its own' : '';
  return `the ${noun} ${listed(patterns)}${self}`;
}

/** Of which accounts, where every grant of any of them says it; empty for the holder's own, which goes without saying. */
function inAccounts(grants: readonly Grant[], prefix: string, { home }: Holder): string {
  const wide = grants.filter((grant) => scopeOf(grant.pattern, prefix) === 'any');
  const accounts = [...new Set(wide.map(({ pattern }) => pattern.split(':')[4] ?? ''))].sort();
  if (!accounts.every((account) => /^\d{12}$/.test(account))) return '';
  if (accounts.every((account) => account === home.account)) return '';
  return ` of account${accounts.length === 1 ? '' : 's'} ${listed(accounts)}`;
}

function reason(
  grade: PrivilegeReason['grade'],
  actions: readonly string[],
  grants: readonly Grant[],
  text: string,
  helpers: readonly Grant[] = [],
): PrivilegeReason {
  const all = [...grants, ...helpers];
  const conditional =
    grants.every((grant) => grant.conditional) || helpers.some((helper) => helper.conditional);
  return {
    grade,
    actions: [...actions],
    resources: [...new Set(grants.map((grant) => grant.pattern))],
    policies: [...new Set(all.map((grant) => grant.policy))],
    conditional,
    text: conditional ? `${text}, under conditions.` : `${text}.`,
  };
}

const AWS_MANAGED = /^arn:[a-z0-9-]+:iam::aws:/;

/** The role and its customer managed policies, for {@link Holder.own}. */
export function ownArns(role: string | undefined, attached: readonly string[]): ReadonlySet<string> {
  const policies = attached.filter((arn) => !AWS_MANAGED.test(arn));
  return new Set(role === undefined ? policies : [role, ...policies]);
}
