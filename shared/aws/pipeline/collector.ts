import type { Permission } from '../../lambda/permissions.ts';
import type { Collector } from '../../pipeline/collect.ts';
import { type ClientKind, type Clients, type ClientsFor, clientsMadeBy, type Makers } from '../clients.ts';
import { collect } from '../collect.ts';
import type { ReadKubernetes } from '../kubernetes-reader.ts';
import { furtherAccountPermissions, kubernetesPermissions, readPermissions } from '../permissions.ts';

/** What accountCollector needs: the reads in podtrust's own account, and to enter the read role of the others. */
export const collectorPermissions: readonly Permission[] = [
  { actions: readPermissions().actions, on: 'account' },
  { actions: furtherAccountPermissions('aws', '').actions, on: 'read-roles' },
];

/** What it needs besides where the deployment chose clusters to read: what kind of nodes there are. */
export const clusterReaderPermissions: readonly Permission[] = [
  { actions: kubernetesPermissions().actions, on: 'account' },
];

/**
 * Reads one account: with the caller's own credentials when it is the caller's, else through its read role; `kubernetes`
 * makes the reader of its clusters for each collection, and they are read with the same credentials.
 */
export function accountCollector(
  clients: () => Clients,
  now: () => Date,
  kubernetes?: () => ReadKubernetes,
): Collector {
  return {
    read: async (account) =>
      collect({
        clients: clients(),
        accounts: [account],
        ownAccount: false,
        now,
        ...(kubernetes !== undefined && { kubernetes: kubernetes() }),
      }),
  };
}

/** The Lambda's clients: made once, so that connections and what adaptive retry learned outlive an invocation. */
export function lambdaClients<Kinds extends ClientKind>(
  makers: Makers<Kinds | 'sts'>,
  readRole: () => string,
  externalId: () => string | undefined = () => undefined,
): () => ClientsFor<Kinds | 'sts'> {
  let known: ClientsFor<Kinds | 'sts'> | undefined;
  return () => {
    const id = externalId();
    known ??= clientsMadeBy(makers, {
      readRole: readRole(),
      ...(id !== undefined && { externalId: id }),
    });
    return known;
  };
}
