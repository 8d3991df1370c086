import { closest, distance } from 'fastest-levenshtein';
import type { Estate, Missing, RoleView } from '../estate/estate.ts';
import { parseArn } from '../iam/arn.ts';

/** Whether a role of a given ARN exists. */
export type RoleStanding =
  | { readonly kind: 'exists'; readonly role: RoleView }
  /** `near` is empty or a sentence, with a space before it, that names the role that was probably meant. */
  | { readonly kind: 'absent'; readonly near: string }
  | { readonly kind: 'unread'; readonly missing: Missing };

/** Looks for a role; absent only where every role of its account was read. */
export function roleStanding(arn: string, estate: Estate): RoleStanding {
  const role = estate.roleByArn.get(arn);
  if (role !== undefined) return { kind: 'exists', role };
  const account = estate.accounts.get(parseArn(arn)?.account ?? '');
  if (account === undefined) {
    const id = parseArn(arn)?.account;
    const reason = id === undefined ? `${arn} is no ARN of a role` : `account ${id} was not read`;
    return { kind: 'unread', missing: { read: 'iam:GetAccountAuthorizationDetails', reason } };
  }
  const missing = account.missing('roles');
  if (missing !== null) return { kind: 'unread', missing };
  return { kind: 'absent', near: nearRole(arn, account.roles) };
}

/** Typing mistakes in a role's name that still make it probable that it was meant. */
const MOST_TYPOS = 3;

function nearRole(arn: string, roles: readonly RoleView[]): string {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const same = roles.find((role) => role.name.toLowerCase() === name.toLowerCase());
  if (same !== undefined) return ` There is ${same.role.arn}: the path or the case differs.`;
  if (roles.length === 0) return '';
  const near = closest(
    name,
    roles.map((role) => role.name),
  );
  const found = roles.find((role) => role.name === near);
  return found !== undefined && distance(near, name) <= MOST_TYPOS
    ? ` The nearest name is ${found.role.arn}.`
    : '';
}
