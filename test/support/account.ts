import type { Account } from '../../shared/estate/snapshot.ts';

/** An account that was read whole and has nothing but what is given. */
export const accountWith = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  partition: 'aws',
  roles: [],
  policies: [],
  users: [],
  oidcProviders: [],
  trails: [],
  regions: [],
  ...more,
});
