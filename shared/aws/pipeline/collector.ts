import type { Collector } from '../../pipeline/collect.ts';
import { createClients } from '../clients.ts';
import { collect } from '../collect.ts';

/** Regions and accounts are read side by side, with at most this many calls under way. */
const CONCURRENCY = 20;

/** Reads one account: with the caller's own credentials when it is the caller's, else through its read role. */
export function accountCollector(readRole: () => string): Collector {
  return {
    read: async (account) =>
      collect({
        clients: createClients({ readRole: readRole() }),
        accounts: [account],
        concurrency: CONCURRENCY,
        now: () => new Date(),
      }),
  };
}
