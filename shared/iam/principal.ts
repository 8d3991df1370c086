import { parseArn, splitArn } from './arn.ts';
import { membership } from './membership.ts';
import type { PrincipalElement, PrincipalEntry } from './policy.ts';
import type { Caller } from './request.ts';
import { known, not, type Tri } from './tri.ts';

/**
 * Who a `Principal` or `NotPrincipal` element names. (IAM user guide, Reference: Principal, NotPrincipal.)
 *
 * `*` and `{"AWS": "*"}` are everyone: every account, every service, and every web identity whose provider the role's
 * account has. An account (`123456789012`, `arn:…:root`) is each of its principals; for those of another account, their
 * own policies must allow the call too, which is for the caller of this module to judge. An `AROA…` or `AIDA…` id
 * stands for a principal that was deleted: no caller has it, not even a new one of the same name. Service principals are
 * case-sensitive (IAM API reference, CreateServiceLinkedRole).
 */
export type PrincipalTest = (caller: Caller) => Tri;

/** Compiles a principal element; without one (identity policies) everyone is meant. */
export function compilePrincipal(element: PrincipalElement | undefined): PrincipalTest {
  if (element === undefined) return () => 'yes';
  const everyone: Tri = element.negated ? 'no' : 'yes';
  if (element.everyone) return () => everyone;
  const { entries, negated } = element;
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && only.value !== '*' && !negated) {
    const { kind, value } = only;
    if (kind === 'Federated') {
      return (caller) => (caller.kind === 'federated' && caller.provider === value ? 'yes' : 'no');
    }
    if (kind === 'Service') {
      return (caller) => (caller.kind === 'service' && caller.service === value ? 'yes' : 'no');
    }
  }
  let named: Named | undefined;
  return (caller) => {
    named ??= index(entries);
    if (!negated) return named.test(caller);
    return caller.kind === 'aws' ? outside(named, caller) : not(named.test(caller));
  };
}

type AwsCaller = Extract<Caller, { kind: 'aws' }>;

interface Named {
  readonly test: PrincipalTest;
  readonly exact: (caller: AwsCaller) => Tri;
  readonly account: (caller: AwsCaller) => boolean;
}

/**
 * NotPrincipal exempts a caller when it names both the caller and its account, and nobody when it names neither. With
 * only one of the two, AWS says that the exemption "might" not hold, so that is left undecided.
 */
function outside(named: Named, caller: AwsCaller): Tri {
  const exact = named.exact(caller);
  const account = named.account(caller);
  if (exact === 'yes' && account) return 'no';
  return exact === 'no' && !account ? 'yes' : 'undecided';
}

function index(entries: readonly PrincipalEntry[]): Named {
  const arns: string[] = [];
  const accounts: string[] = [];
  const services: string[] = [];
  const providers: string[] = [];
  for (const { kind, value } of entries) {
    if (kind === 'Service') services.push(value);
    else if (kind === 'Federated') providers.push(value);
    else if (kind === 'AWS') {
      const account = accountOf(value);
      if (account === null) arns.push(value);
      else accounts.push(account);
    }
  }
  const isArn = membership(arns);
  const isAccount = membership(accounts);
  const isProvider = providers.includes('*') ? () => true : membership(providers);
  const isService = services.includes('*') ? () => true : membership(services);
  const sessions = arns.filter((arn) => arn.includes(':assumed-role/'));
  const exact = (caller: AwsCaller): Tri => {
    if (isArn(caller.arn)) return 'yes';
    if (caller.sessionArn !== undefined) return known(isArn(caller.sessionArn));
    return sessions.some((session) => isSessionOf(session, caller.arn)) ? 'undecided' : 'no';
  };
  const account = (caller: AwsCaller) =>
    isAccount(caller.account) || isAccount(`${partitionOf(caller.arn)}:${caller.account}`);
  const test: PrincipalTest = (caller) => {
    if (caller.kind === 'federated') return known(isProvider(caller.provider));
    if (caller.kind === 'service') return known(isService(caller.service));
    return account(caller) ? 'yes' : exact(caller);
  };
  return { test, exact, account };
}

/** The account that a value stands for as a whole: the id as written, or `partition:id` from a root ARN. */
function accountOf(value: string): string | null {
  if (/^\d{12}$/.test(value)) return value;
  if (!value.endsWith(':root')) return null;
  const arn = parseArn(value);
  return arn?.service === 'iam' && arn.resource === 'root' ? `${arn.partition}:${arn.account}` : null;
}

function partitionOf(arn: string): string {
  return splitArn(arn)[1] ?? '';
}

/** True when an assumed-role session ARN, which carries no path, may be a session of this role. */
function isSessionOf(session: string, role: string): boolean {
  const one = parseArn(session);
  const other = parseArn(role);
  if (one === null || !other?.resource.startsWith('role/')) return false;
  const name = other.resource.slice(other.resource.lastIndexOf('/') + 1);
  const sameAccount = one.partition === other.partition && one.account === other.account;
  return sameAccount && one.resource.startsWith(`assumed-role/${name}/`);
}
