/** Which roles name which ServiceAccounts and issuers: built once for an estate, so that no question walks every role. */
import type { Estate, RoleView } from '../estate/estate.ts';
import type { CompiledStatement } from '../iam/compile.ts';
import { isPositive } from './claim-flaws.ts';
import { parseClaimKey } from './claim-key.ts';
import { parseIssuer } from './issuer.ts';
import { likelySubject } from './malformed-subject.ts';
import { hasWildcard, parseSubject } from './service-account.ts';
import { allowsOf } from './statements.ts';

export interface TrustIndex {
  /** Roles that name a subject one by one, under whatever issuer, slips of the pen forgiven. */
  readonly bySubject: ReadonlyMap<string, ReadonlySet<RoleView>>;
  /** By lower-cased issuer: roles with a statement that leaves the subject open or gives patterns. */
  readonly patternsByIssuer: ReadonlyMap<string, ReadonlySet<RoleView>>;
  /** By lower-cased issuer: every subject that its roles name one by one. */
  readonly subjectsByIssuer: ReadonlyMap<string, ReadonlySet<string>>;
  /** Roles whose statement is for everyone: no issuer finds them. */
  readonly forEveryone: ReadonlySet<RoleView>;
}

const indexes = new WeakMap<Estate, TrustIndex>();

/** The index of an estate, from its first use on. */
export function trustIndex(estate: Estate): TrustIndex {
  const known = indexes.get(estate);
  if (known !== undefined) return known;
  const index = build(estate.roles);
  indexes.set(estate, index);
  return index;
}

function build(roles: readonly RoleView[]): TrustIndex {
  const index = {
    bySubject: new Map<string, Set<RoleView>>(),
    patternsByIssuer: new Map<string, Set<RoleView>>(),
    subjectsByIssuer: new Map<string, Set<string>>(),
    forEveryone: new Set<RoleView>(),
  };
  for (const role of roles) {
    const { compiled } = role.trust();
    for (const statement of compiled === null ? [] : allowsOf(compiled)) add(index, role, statement);
  }
  return index;
}

interface Building {
  readonly bySubject: Map<string, Set<RoleView>>;
  readonly patternsByIssuer: Map<string, Set<RoleView>>;
  readonly subjectsByIssuer: Map<string, Set<string>>;
  readonly forEveryone: Set<RoleView>;
}

function add(index: Building, role: RoleView, statement: CompiledStatement): void {
  const { named, open } = subjectsOf(statement);
  for (const subject of named) put(index.bySubject, subject, role);
  for (const issuer of issuersOf(statement)) {
    for (const subject of named) put(index.subjectsByIssuer, issuer, subject);
    if (open) put(index.patternsByIssuer, issuer, role);
  }
  if (isForEveryone(statement)) index.forEveryone.add(role);
}

function isForEveryone({ statement: { principal }, action }: CompiledStatement): boolean {
  if (principal === undefined || !action('sts:AssumeRoleWithWebIdentity')) return false;
  return principal.everyone || principal.negated || principal.entries.some(({ value }) => value === '*');
}

function issuersOf({ statement }: CompiledStatement): string[] {
  return (statement.principal?.entries ?? []).flatMap(({ value }) => {
    const at = value.indexOf('oidc-provider/');
    return at < 0 ? [] : [parseIssuer(value.slice(at + 'oidc-provider/'.length)).key.toLowerCase()];
  });
}

/** Subjects that a statement names, and whether it leaves others open. */
function subjectsOf({ conditions }: CompiledStatement): { named: string[]; open: boolean } {
  const named = new Set<string>();
  let closed = false;
  for (const { condition } of conditions) {
    const { key, operator, values } = condition;
    const speaks = values.some((value) => /service[-_ ]?account/i.test(value));
    if (!speaks && parseClaimKey(key)?.claim !== 'sub') continue;
    if (!isPositive(operator)) continue;
    if (!operator.ifExists && operator.set !== 'ForAllValues' && !values.some(hasWildcard)) closed = true;
    for (const value of values) {
      const subject = parseSubject(value) === null ? likelySubject(value) : value;
      if (subject !== null) named.add(subject);
    }
  }
  return { named: [...named], open: !closed };
}

function put<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const found = map.get(key);
  if (found) found.add(value);
  else map.set(key, new Set([value]));
}
