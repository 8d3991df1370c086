import type { AccountView, Estate, Missing, RoleView } from '../../estate/estate.ts';
import { isOurs } from '../../estate/membership.ts';
import type { Principal } from './principal.ts';

/** What the estate knows of a principal. */
export type Standing =
  /** It exists as named. `role` only for roles; `created` and `id` where they were read. */
  | { readonly kind: 'exists'; readonly role?: RoleView; readonly created?: string; readonly id?: string }
  /** No principal has this path, and one of the same name has another. */
  | { readonly kind: 'elsewhere'; readonly arn: string; readonly role?: RoleView }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unread'; readonly missing: Missing }
  /** Its account is not of the organization, all of which was read. */
  | { readonly kind: 'foreign' };

/**
 * Whether a principal exists: absent only where the whole list was read, foreign only where every account of the
 * organization is known. Names of roles and users are unique in an account whatever their path and case (IAM user
 * guide, IAM identifiers), so that a name is enough to find one.
 */
export function standingOf(principal: Principal, estate: Estate): Standing {
  const account = estate.accounts.get(principal.account);
  if (account === undefined) return outside(principal.account, estate);
  switch (principal.kind) {
    case 'root':
      return { kind: 'exists' };
    case 'role':
    case 'session':
      return roleStanding(principal, account);
    case 'user':
    case 'federated-user':
      return userStanding(principal, account);
  }
}

function outside(id: string, estate: Estate): Standing {
  if (estate.snapshot.organization?.complete === true && !isOurs(id, estate)) return { kind: 'foreign' };
  const reason = `account ${id} was not read`;
  return { kind: 'unread', missing: { read: 'iam:GetAccountAuthorizationDetails', reason } };
}

type Kind<K> = Extract<Principal, { kind: K }>;

function roleStanding(principal: Kind<'role'> | Kind<'session'>, account: AccountView): Standing {
  const role = rolesByName(account).get(principal.name.toLowerCase());
  if (role === undefined) {
    const missing = account.missing('roles');
    return missing === null ? { kind: 'absent' } : { kind: 'unread', missing };
  }
  if (principal.kind === 'role' && role.role.arn.toLowerCase() !== principal.arn.toLowerCase()) {
    return { kind: 'elsewhere', arn: role.role.arn, role };
  }
  const { created, id } = role.role;
  return { kind: 'exists', role, ...(created !== undefined && { created }), ...(id !== undefined && { id }) };
}

function userStanding(principal: Kind<'user'> | Kind<'federated-user'>, account: AccountView): Standing {
  if (principal.kind === 'federated-user') return { kind: 'exists' };
  const user = account.account.users?.find(({ arn }) => nameOf(arn) === principal.name.toLowerCase());
  if (user === undefined) {
    const missing = account.missing('users');
    return missing === null ? { kind: 'absent' } : { kind: 'unread', missing };
  }
  if (user.arn.toLowerCase() !== principal.arn.toLowerCase()) return { kind: 'elsewhere', arn: user.arn };
  const { created, id } = user;
  return { kind: 'exists', ...(created !== undefined && { created }), ...(id !== undefined && { id }) };
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1).toLowerCase();

const indexes = new WeakMap<AccountView, ReadonlyMap<string, RoleView>>();

function rolesByName(account: AccountView): ReadonlyMap<string, RoleView> {
  let index = indexes.get(account);
  if (index === undefined) {
    index = new Map(account.roles.map((role) => [role.name.toLowerCase(), role]));
    indexes.set(account, index);
  }
  return index;
}
