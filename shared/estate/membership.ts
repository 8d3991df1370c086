import type { Estate } from './estate.ts';

/** Whether an account is one of the estate, or of its organization without having been read with it. */
export function isOurs(account: string, { accounts, snapshot: { organization } }: Estate): boolean {
  return accounts.has(account) || organization?.accounts?.includes(account) === true;
}
