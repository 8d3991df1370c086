import type { AccountView, Estate, Missing, RoleView } from '../estate/estate.ts';
import type { Severity, Where } from '../findings/finding.ts';
import { type AnnotatedWithRole, annotatedWith } from '../identity/annotated.ts';
import type { Repair } from '../identity/chain.ts';
import { diagnoseTrust } from '../identity/diagnose.ts';
import type { Fault, TrustRule, Undecided } from '../identity/fault.ts';
import { subjectOf } from '../identity/service-account.ts';
import { declined } from '../plans/draft.ts';
import { draftFaultyProvider, draftFaultyTrust } from '../plans/drafts/provider-fault.ts';
import { defineRule, type Examples, type Rule } from './define-rule.ts';
import { judgeAnnotated } from './doors/annotated-judgement.ts';
import { isEvidentlySound } from './doors/evidently-sound.ts';
import { keptOutBy } from './doors/kept-out.ts';
import { providerFault, providerUnread, relyingIn } from './doors/relying.ts';
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
  | { readonly kind: 'passing'; readonly role: RoleView }
  | {
      readonly kind: 'fault';
      readonly fault: Fault;
      readonly account: AccountView;
      /** Null where the fault was found without a role's trust policy. */
      readonly role: RoleView | null;
      /** ARNs of the roles that it breaks. */
      readonly roles: readonly string[];
      /** The annotated ServiceAccounts that it keeps out, and add-ons. */
      readonly affected: readonly AnnotatedWithRole[];
      readonly addons: readonly string[];
      /** ARNs of the roles of those add-ons. */
      readonly addonRoles: readonly string[];
      readonly estate: Estate;
    }
  | { readonly kind: 'undecided'; readonly undecided: Missing; readonly where: Where };

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
      return fail(factsOf(subject, perProvider === true));
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
    repair: (_, subject) => repairOf(subject) ?? { text: definition.remedy },
    plan: (_, subject, { config }, repair) => {
      if (subject.kind !== 'fault') return declined(repair.text);
      return perProvider === true
        ? draftFaultyProvider(subject, config)
        : draftFaultyTrust(subject, repair, config);
    },
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
      else gather(shared, subject);
    }
  }
  if (!rule.perProvider) return;
  for (const subject of relyingSubjects(rule.name, scope)) gather(shared, subject);
  yield* shared.values();
  yield* relyingUndecided(rule.name, scope);
}

/** Providers that were not read, on which more relies than the roles whose trust policies name them. */
function* relyingUndecided(name: TrustRule, scope: Scope): Generator<Subject> {
  const told = new Set<string>();
  for (const relying of relyingIn(scope)) {
    const missing = providerUnread(relying);
    if (missing === null || (name === 'use-iam-oidc-provider' && missing.read.includes(':Get'))) continue;
    const key = `${relying.account.id} ${relying.issuerKey}`;
    if (told.has(key)) continue;
    told.add(key);
    const where = { ...clusterWhere(relying.cluster), account: relying.account.id };
    yield { kind: 'undecided', undecided: missing, where };
  }
}

/** Faults of providers that annotated ServiceAccounts and add-ons show, whatever the trust policies say. */
function relyingSubjects(name: TrustRule, scope: Scope): FaultSubject[] {
  return relyingIn(scope).flatMap((relying): FaultSubject[] => {
    const fault = providerFault(relying);
    if (fault?.rule !== name) return [];
    const { account, roleArn, annotated, addon, cluster } = relying;
    return [
      {
        kind: 'fault',
        fault,
        account,
        role: null,
        roles: [roleArn],
        affected: annotated === undefined ? [] : [annotated],
        addons: addon === undefined ? [] : [`${addon} of ${cluster.cluster.name}`],
        addonRoles: addon === undefined ? [] : [roleArn],
        estate: scope.estate,
      },
    ];
  });
}

function ownSubjects({ name }: DiagnosedRule, role: RoleView, estate: Estate): readonly Subject[] {
  const diagnosis = diagnosed(role, estate);
  if (diagnosis === null) return [];
  const { faults, undecided } = diagnosis;
  const own = faults.get(name);
  if (own !== undefined) return own.map((fault) => faultSubject(fault, role, estate));
  const open = undecided.get(name);
  if (open !== undefined)
    return open.map((one) => ({ kind: 'undecided', undecided: one, where: roleWhere(role) }));
  return [{ kind: 'passing', role }];
}

function faultSubject(fault: Fault, role: RoleView, estate: Estate): FaultSubject {
  const affected = keptOutBy(fault, annotatedWith(role.role.arn, estate), estate);
  const roles = [role.role.arn];
  return {
    kind: 'fault',
    fault,
    account: role.account,
    role,
    roles,
    affected,
    addons: [],
    addonRoles: [],
    estate,
  };
}

/** Adds what a provider's fault breaks to the finding about it. */
function gather(shared: Map<string, FaultSubject>, subject: FaultSubject): void {
  const key = JSON.stringify([subject.account.id, ...identityOf(subject.fault, true)]);
  const group = shared.get(key);
  if (group === undefined) {
    shared.set(key, subject);
    return;
  }
  shared.set(key, {
    ...group,
    roles: [...new Set([...group.roles, ...subject.roles])],
    affected: [...new Set([...group.affected, ...subject.affected])],
    addons: [...group.addons, ...subject.addons],
    addonRoles: [...group.addonRoles, ...subject.addonRoles],
  });
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
  if (!perProvider) return [fault.identity];
  const { audience } = fault.evidence;
  return [providerIdentity(fault), ...(typeof audience === 'string' ? [audience] : [])];
}

function whereOf(subject: Subject, perProvider: boolean): Where {
  if (subject.kind === 'passing') return roleWhere(subject.role);
  if (subject.kind === 'undecided') return subject.where;
  const { fault, affected, role, account } = subject;
  const cluster = fault.cluster === undefined ? {} : clusterWhere(fault.cluster);
  if (perProvider || role === null) return { ...cluster, account: account.id };
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

function factsOf({ fault, roles }: FaultSubject, perProvider: boolean): Facts {
  if (!perProvider) return publishedEvidence(fault.evidence);
  return publishedEvidence({
    ...audienceFact(fault),
    issuer: providerIdentity(fault),
    roles: [...roles].sort(),
  });
}

function audienceFact({ evidence: { audience } }: Fault): Facts {
  return typeof audience === 'string' ? { audience } : {};
}

function messageOf({ fault, role, roles }: FaultSubject, perProvider: boolean): string {
  if (!perProvider) return `${role?.name ?? ''}: ${fault.detail}`;
  const count = roles.length;
  return `${fault.detail} ${count} ${count === 1 ? 'role relies' : 'roles rely'} on it.`;
}

function consequencesOf({ fault, roles, affected, addons }: FaultSubject, perProvider: boolean): string[] {
  const accounts = affected.length === 0 ? [] : [...keptOutWords(affected), 'no-untrusted-service-account'];
  if (!perProvider) return [...fault.consequences, ...accounts];
  // A role that other clusters use as well is lost for this one alone.
  const broken = affectedAlone(fault) ? [] : [...roles].sort().map((arn) => `No pod can assume ${arn}.`);
  const without = [...new Set(addons)].sort().map((name) => `Add-on ${name} does not get its role.`);
  return [...broken, ...fault.consequences, ...without, ...accounts];
}

/** True for faults that were found by what relies on the provider, not by a trust policy that names it. */
function affectedAlone({ statement }: Fault): boolean {
  return statement === null;
}

/** The repair of the statement; where that is not told, the one that lets in the only ServiceAccount that it keeps out. */
function repairOf(subject: Subject): Repair | null {
  if (subject.kind !== 'fault') return null;
  const { fault, affected, role } = subject;
  const [only, ...more] = affected;
  if (fault.repair !== null || only === undefined || role === null) return fault.repair;
  if (more.length === 0) return judgeAnnotated(only, subject.estate).repair;
  const subjects = affected.map(({ namespace, serviceAccount }) => subjectOf(namespace, serviceAccount));
  return { text: `Name the subjects in use: ${[...new Set(subjects)].sort().join(', ')}.` };
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
