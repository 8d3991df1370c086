import type { Clients } from '../clients.ts';
import { isThrottling } from './failures.ts';

/** The one part of the SDK's clients that is used here; each types it by its own commands. */
interface Heedable {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/** Behind the retries, before the wire: each attempt passes here. */
const OPTIONS = { step: 'finalizeRequest', priority: 'low', name: 'podtrustHeed', override: true };

/**
 * The same clients; `tell` hears of each attempt to enter an account that AWS put off: with the caller's own credentials
 * STS hands out those of all other accounts.
 */
export function heeded(clients: Clients, tell: () => void): Clients {
  const known = new WeakSet<object>();
  const heed: Clients = (kind, account, region) => {
    const client = clients(kind, account, region);
    if (kind === 'sts' && account === null && !known.has(client)) {
      known.add(client);
      listen(client, tell);
    }
    return client;
  };
  return clients.forget === undefined ? heed : Object.assign(heed, { forget: clients.forget });
}

function listen(client: Heedable, tell: () => void): void {
  const middleware = (next: (args: never) => Promise<unknown>) => async (args: never) => {
    try {
      return await next(args);
    } catch (error) {
      if (isThrottling(error)) tell();
      throw error;
    }
  };
  client.middlewareStack.add(middleware as never, OPTIONS as never);
}
