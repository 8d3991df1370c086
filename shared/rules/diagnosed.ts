import type { Estate, RoleView } from '../estate/estate.ts';
import type { Severity, Where } from '../findings/finding.ts';
import { type AnnotatedWithRole, annotatedWith } from '../identity/annotated.ts';
import { diagnoseTrust } from '../identity/diagnose.ts';
import type { Fault, TrustRule, Undecided } from '../identity/fault.ts';
import { defineRule, type Examples, type Rule } from './define-rule.ts';
import { isEvidentlySound } from './doors/evidently-sound.ts';
import { keptOutBy } from './doors/kept-out.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { clusterWhere, roleWhere } from './places.ts';
import { publishedEvidence } from './published-evidence.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown } from './verdict.ts';

/**
 * The broken rules about trust policies share one diagnosis, so that one mistake is named once, by its most specific
 * rule, here and in `explain`.
 */
interface DiagnosedRule {
  readonly number: `PT-${number}`;
  readonly name: TrustRule;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly references: readonly string[];
  readonly examples: () => Examples;
  readonly fix: 'guarded' | 'manual';
  /** True when the cause lies in the account's provider: one finding for all the roles that it breaks. */
  readonly perProvider?: true;
  readonly severity: Severity;
}

type Subject =
  | { readonly kind: 'passing'; readonly roles: readonly [RoleView] }
  | {
      readonly kind: 'fault';
      readonly fault: Fault;
      readonly roles: readonly [RoleView, ...RoleView[]];
      /** The annotated ServiceAccounts that it keeps out. */
      readonly affected: readonly AnnotatedWithRole[];
    }
  | { readonly kind: 'undecided'; readonly undecided: Undecided; readonly roles: readonly [RoleView] };

/** A rule made of the faults that the diagnosis of trust policies puts under its name. */
export function diagnosedRule(definition: DiagnosedRule): Rule {
  const { fix, perProvider, severity, ...description } = definition;
  const common = {
    ...description,
    kind: 'broken' as const,
    needs: ['roles'] as const,
    subjects: (scope: Scope) => subjectsOf(definition, scope),
    sound: (scope: Scope) => sorted(scope).sound,
    where: (subject: Subject): Where => whereOf(subject, perProvider === true),
    check: (subject: Subject) => {
      if (subject.kind === 'passing') return pass;
      if (subject.kind === 'undecided') return unknown(subject.undecided);
      return fail(factsOf(subject.fault, subject.roles, perProvider === true));
    },
    severity: () => severity,
    message: (_: Facts, subject: Subject) =>
      subject.kind === 'fault' ? messageOf(subject, perProvider === true) : '',
    consequences: (_: Facts, subject: Subject) =>
      subject.kind === 'fault' ? consequencesOf(subject, perProvider === true) : [],
    identity: (_: Facts, subject: Subject) =>
      subject.kind === 'fault' ? identityOf(subject.fault, perProvider === true) : [],
  };
  if (fix === 'manual') return defineRule<Subject, Facts>({ ...common, fix });
  return defineRule<Subject, Facts>({
    ...common,
    fix,
    repair: (_, subject) => (subject.kind === 'fault' && subject.fault.repair) || { text: definition.remedy },
  });
}

interface Diagnosed {
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
  readonly undecided: ReadonlyMap<string, readonly Undecided[]>;
}

/** Null for roles that are none of the diagnosis's business. */
const diagnoses = new WeakMap<RoleView, Diagnosed | null>();

/** The diagnosis of a role by rule, made once. */
function diagnosed(role: RoleView, estate: Estate): Diagnosed | null {
  let found = diagnoses.get(role);
  if (found === undefined) {
    found = isDiagnosable(role) ? (isEvidentlySound(role, estate) ? SOUND : diagnose(role, estate)) : null;
    diagnoses.set(role, found);
  }
  return found;
}

function diagnose(role: RoleView, estate: Estate): Diagnosed {
  const { faults, undecided } = diagnoseTrust(role, estate);
  return { faults: byRule(faults), undecided: byRule(undecided) };
}

/** Names of the rules under which a role's trust policy has faults. */
export function diagnosedFaults(role: RoleView, estate: Estate): string[] {
  return [...(diagnosed(role, estate)?.faults.keys() ?? [])];
}

/** The faults of a role's trust policy under one rule. */
export function faultsUnder(rule: string, role: RoleView, estate: Estate): readonly Fault[] {
  return diagnosed(role, estate)?.faults.get(rule) ?? [];
}

const NONE: ReadonlyMap<string, never[]> = new Map();
const SOUND: Diagnosed = { faults: NONE, undecided: NONE };

function byRule<T extends { readonly rule: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  if (items.length === 0) return NONE;
  const map = new Map<string, T[]>();
  for (const item of items) map.set(item.rule, [...(map.get(item.rule) ?? []), item]);
  return map;
}

type FaultSubject = Extract<Subject, { kind: 'fault' }>;

interface Sorted {
  /** Number of roles that are sound under every rule. */
  readonly sound: number;
  readonly others: readonly RoleView[];
}

const sortings = new WeakMap<readonly RoleView[], Sorted>();

/** The roles of a scope, sorted once for all the rules. */
function sorted({ roles, estate }: Scope): Sorted {
  let found = sortings.get(roles);
  if (found === undefined) {
    const { sound = [], others = [] } = Object.groupBy(roles, (role) =>
      diagnosed(role, estate) === SOUND ? 'sound' : 'others',
    );
    found = { sound: sound.length, others };
    sortings.set(roles, found);
  }
  return found;
}

function* subjectsOf(rule: DiagnosedRule, scope: Scope): Generator<Subject> {
  const shared = new Map<string, FaultSubject>();
  for (const role of sorted(scope).others) {
    for (const subject of ownSubjects(rule, role, scope.estate)) {
      if (subject.kind !== 'fault' || !rule.perProvider) yield subject;
      else gather(shared, role, subject);
    }
  }
  yield* shared.values();
}

function ownSubjects({ name }: DiagnosedRule, role: RoleView, estate: Estate): readonly Subject[] {
  const diagnosis = diagnosed(role, estate);
  if (diagnosis === null) return [];
  const { faults, undecided } = diagnosis;
  const own = faults.get(name);
  if (own !== undefined) return own.map((fault) => faultSubject(fault, role, estate));
  const open = undecided.get(name);
  if (open !== undefined) return open.map((one) => ({ kind: 'undecided', undecided: one, roles: [role] }));
  return [{ kind: 'passing', roles: [role] }];
}

function faultSubject(fault: Fault, role: RoleView, estate: Estate): FaultSubject {
  const affected = keptOutBy(fault, annotatedWith(role.role.arn, estate), estate);
  return { kind: 'fault', fault, roles: [role], affected };
}

/** Adds a role to the finding about the provider that it needs. */
function gather(shared: Map<string, FaultSubject>, role: RoleView, subject: FaultSubject): void {
  const key = JSON.stringify([role.account.id, providerIdentity(subject.fault)]);
  const group = shared.get(key);
  if (group === undefined) shared.set(key, subject);
  else if (!group.roles.includes(role)) {
    const affected = [...group.affected, ...subject.affected];
    shared.set(key, { ...group, roles: [...group.roles, role], affected });
  }
}

/** Roles whose trust policy names an OIDC provider or Pod Identity, or is not readable as a policy. */
function isDiagnosable(role: RoleView): boolean {
  if (isServiceLinked(role)) return false;
  const { policy } = role.trust();
  if (policy === null || role.trust().parse.problems.length > 0) return true;
  return policy.statements.some(
    ({ effect, principal }) =>
      effect === 'Allow' &&
      (principal?.entries ?? []).some(
        ({ kind, value }) => kind === 'Federated' || /^pods\.eks\./i.test(value),
      ),
  );
}

function providerIdentity({ evidence, identity }: Fault): string {
  return typeof evidence['issuer'] === 'string' ? evidence['issuer'] : identity;
}

function identityOf(fault: Fault, perProvider: boolean): string[] {
  return [perProvider ? providerIdentity(fault) : fault.identity];
}

function whereOf(subject: Subject, perProvider: boolean): Where {
  const [role] = subject.roles;
  if (subject.kind !== 'fault') return roleWhere(role);
  const { fault, affected } = subject;
  const cluster = fault.cluster === undefined ? {} : clusterWhere(fault.cluster);
  if (perProvider) return { ...cluster, account: role.account.id };
  const [only, ...more] = affected;
  const named = only !== undefined && more.length === 0 ? only : fault;
  return {
    ...cluster,
    ...(named === only ? clusterWhere(only.cluster) : {}),
    ...(named.namespace === undefined ? {} : { namespace: named.namespace }),
    ...(named.serviceAccount === undefined ? {} : { serviceAccount: named.serviceAccount }),
    ...roleWhere(role),
  };
}

function factsOf(fault: Fault, roles: readonly RoleView[], perProvider: boolean): Facts {
  const names = roles.map(({ role }) => role.arn).sort();
  return publishedEvidence(perProvider ? { issuer: providerIdentity(fault), roles: names } : fault.evidence);
}

function messageOf({ fault, roles: [role, ...more] }: FaultSubject, perProvider: boolean): string {
  if (!perProvider) return `${role.name}: ${fault.detail}`;
  const count = more.length + 1;
  return `${fault.detail} ${count} ${count === 1 ? 'role relies' : 'roles rely'} on it.`;
}

function consequencesOf({ fault, roles, affected }: FaultSubject, perProvider: boolean): string[] {
  const accounts = affected.length === 0 ? [] : [...keptOutWords(affected), 'no-untrusted-service-account'];
  if (!perProvider) return [...fault.consequences, ...accounts];
  const broken = roles
    .map(({ role }) => role.arn)
    .sort()
    .map((arn) => `No pod can assume ${arn}.`);
  return [...broken, ...fault.consequences, ...accounts];
}

/** ServiceAccounts that are told one by one. */
const MOST_TOLD = 10;

function keptOutWords(affected: readonly AnnotatedWithRole[]): string[] {
  const names = affected
    .map(
      ({ cluster, namespace, serviceAccount }) =>
        `${namespace}/${serviceAccount} of ${cluster.cluster.name} does not get its role.`,
    )
    .sort();
  const rest = names.length - MOST_TOLD;
  return rest > 0 ? [...names.slice(0, MOST_TOLD), `${rest} more ServiceAccounts do not.`] : names;
}
