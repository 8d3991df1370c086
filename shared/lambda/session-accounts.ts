import { VARIABLES } from './environment.ts';

/** Whether an account wants to know who assumed its roles: it is listed in the variable, or `*` is. */
export function keepsSessions(account: string): boolean {
  const listed = (process.env[VARIABLES.sessionAccounts] ?? '').split(',').map((one) => one.trim());
  return listed.includes('*') || listed.includes(account);
}
