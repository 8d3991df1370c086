import type { Principal } from './principal.ts';

/** Roles of single sign-on have a suffix that is new whenever a permission set is given to an account anew. */
const PERMISSION_SET = /^(awsreservedsso_.+)_[0-9a-f]{16}$/;

/** What is said of a mapping that names the former role of a permission set. */
export const OTHER_SUFFIX =
  ', a role of the same permission set under another suffix: single sign-on makes the role anew when the set is taken from the account and given again';

/** True for two roles of one permission set in one account, whose suffixes differ. */
export function isSamePermissionSet(one: Principal, other: Principal): boolean {
  const [a, b] = [setOf(one), setOf(other)];
  return a !== undefined && a.set === b?.set && a.name !== b.name && one.account === other.account;
}

function setOf(principal: Principal): { readonly name: string; readonly set: string } | undefined {
  if (principal.kind !== 'role' && principal.kind !== 'session') return undefined;
  const name = principal.name.toLowerCase();
  const set = PERMISSION_SET.exec(name)?.[1];
  return set === undefined ? undefined : { name, set };
}
