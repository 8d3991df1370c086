import { parsePolicy } from '../../shared/iam/parse.ts';
import type { PrincipalEntry } from '../../shared/iam/policy.ts';
import type { Call } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { countedLength } from './documents.ts';
import { limitExceeded, malformedPolicy } from './errors.ts';

/**
 * Refuses a trust policy as IAM does: MalformedPolicyDocument for what it cannot read and for principals that do not
 * exist (as far as their account is simulated), LimitExceeded for what is too long.
 */
export function checkTrustPolicy(call: Call, text: string): void {
  const { policy, problems } = parsePolicy(text, 'trust');
  const refused = problems.find(({ effect }) => effect === 'refused');
  if (policy === null || refused !== undefined) {
    throw malformedPolicy(refused?.message ?? 'Syntax errors in policy.');
  }
  for (const { principal } of policy.statements) {
    for (const entry of principal?.entries ?? []) checkPrincipal(call.world.accounts, entry);
  }
  const quota = call.account.quotas.trustPolicyLength;
  if (countedLength(text) > quota) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${quota}`);
}

const PRINCIPAL_ARN = /^arn:[^:]+:(iam|sts)::(\d{12}):(role|user|assumed-role)\/(.+)$/;
const UNIQUE_ID = /^A(?:ROA|IDA)[A-Z0-9]{12,}$/;

function checkPrincipal(accounts: ReadonlyMap<string, AccountState>, { kind, value }: PrincipalEntry): void {
  if (kind !== 'AWS') return;
  const refuse = (): never => {
    throw malformedPolicy(`Invalid principal in policy: "AWS":"${value}"`);
  };
  if (UNIQUE_ID.test(value)) {
    const known = [...accounts.values()].some(({ iam }) => holdsId(iam.live, value));
    if (!known) refuse();
  }
  const match = PRINCIPAL_ARN.exec(value);
  const account = accounts.get(match?.[2] ?? '');
  if (!match || account === undefined || match[3] === 'assumed-role') return;
  const all = match[3] === 'role' ? account.iam.live.roles : account.iam.live.users;
  if (![...all.values()].some(({ arn }) => arn === value)) refuse();
}

function holdsId({ roles, users }: AccountState['iam']['live'], id: string): boolean {
  return [...roles.values(), ...users.values()].some((principal) => principal.id === id);
}

/**
 * What IAM shows once a principal is gone: its unique id instead of its ARN, in every trust policy that named it.
 * Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
export function degradePrincipal(
  accounts: ReadonlyMap<string, AccountState>,
  gone: { readonly arn: string; readonly id: string },
): void {
  for (const { iam } of accounts.values()) {
    let touched = false;
    for (const role of iam.live.roles.values()) {
      const trust = degraded(role.trust, gone);
      if (trust === null) continue;
      role.trust = trust;
      touched = true;
    }
    if (touched) iam.changed();
  }
}

function degraded(text: string, gone: { readonly arn: string; readonly id: string }): string | null {
  if (!text.includes(gone.arn)) return null;
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return null;
  let changed = false;
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace);
    if (value !== gone.arn) return value;
    changed = true;
    return gone.id;
  };
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  for (const statement of statements) {
    for (const element of ['Principal', 'NotPrincipal']) {
      const principal = statement?.[element];
      if (typeof principal === 'object' && principal !== null) principal.AWS = replace(principal.AWS);
    }
  }
  return changed ? JSON.stringify(document) : null;
}
