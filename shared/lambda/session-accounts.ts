import { VARIABLES } from './environment.ts';

/** Whether an account wants to know who assumed its roles: it is listed in the variable, or `*` is. */
export function keepsSessions(account: string): boolean {
  return isListed(account, VARIABLES.sessionAccounts);
}

/** Whether an account wants to know which calls pods were refused with its roles. */
export function keepsAccessDenied(account: string): boolean {
  return isListed(account, VARIABLES.accessDeniedAccounts);
}

function isListed(account: string, variable: string): boolean {
  const listed = (process.env[variable] ?? '').split(',').map((one) => one.trim());
  return listed.includes('*') || listed.includes(account);
}
