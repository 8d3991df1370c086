import type { ClientKind, Clients } from '../clients.ts';
import { isThrottling } from './failures.ts';

/** The one part of the SDK's clients that is used here; each types it by its own commands. */
interface Heedable {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/** Behind the retries, before the wire: each attempt passes here. */
const OPTIONS = { step: 'finalizeRequest', priority: 'low', name: 'podtrustHeed', override: true };

/** The same clients; `tell` hears of each attempt that AWS put off, and of whose account. Null: entering accounts. */
export function heeded(clients: Clients, tell: (account: string | null) => void): Clients {
  const known = new WeakSet<object>();
  const heed: Clients = (kind, account, region) => {
    const client = clients(kind, account, region);
    if (!known.has(client)) {
      known.add(client);
      listen(client, () => tell(sharedBy(kind, account)));
    }
    return client;
  };
  return clients.forget === undefined ? heed : Object.assign(heed, { forget: clients.forget });
}

/** With the caller's own credentials STS hands out those of all other accounts. */
const OWN = 'own';
const sharedBy = (kind: ClientKind, account: string | null): string | null =>
  account ?? (kind === 'sts' ? null : OWN);

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
