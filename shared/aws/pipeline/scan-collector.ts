import { redactAll } from '../../estate/redact.ts';
import type { Permission } from '../../lambda/permissions.ts';
import type { AccountCollection, AccountPart, RegionPart } from '../../pipeline/scan/collection.ts';
import type { TellPutOff } from '../../pipeline/scan/put-off.ts';
import { readAccountWide, wasRead } from '../account.ts';
import type { AccountReader } from '../account-reader.ts';
import { heeded } from '../accounts/heeded.ts';
import type { Clients } from '../clients.ts';
import { DEFAULT_CONCURRENCY } from '../collect-each.ts';
import { credentialsError } from '../credentials-error.ts';
import { accountReader, enterAccount } from '../enter-account.ts';
import { NothingReadableError } from '../errors.ts';
import type { ReadKubernetes } from '../kubernetes-reader.ts';
import { furtherAccountPermissions, partActions } from '../permissions.ts';
import { startReading } from '../reading.ts';
import { readCaller } from '../reads/caller.ts';
import { listClusters, readClusters } from '../reads/clusters.ts';
import { readRegions } from '../reads/regions.ts';

const entering: Permission = { actions: furtherAccountPermissions('aws', '').actions, on: 'read-roles' };

/** What scanCollector needs for an account without its clusters: the reads in the hub's own account, and entering others. */
export const accountPartPermissions: readonly Permission[] = [
  { actions: partActions('account'), on: 'account' },
  entering,
];

/** What it needs for the clusters of a region. */
export const regionPartPermissions: readonly Permission[] = [
  { actions: partActions('clusters'), on: 'account' },
  entering,
];

/**
 * Reads accounts for the scan with the same reads as every other collection: an account without its clusters, then
 * the clusters of a region. The hub's own account is read with its own credentials, others through their read role.
 */
export function scanCollector(
  clients: () => Clients,
  now: () => Date,
  kubernetes?: () => ReadKubernetes,
): AccountCollection {
  const enter = async (id: string, heed: Clients): Promise<AccountReader> => {
    const reading = startReading(heed, DEFAULT_CONCURRENCY, () => {}, kubernetes?.());
    const caller = await readCaller(reading.clients('sts', null, null)).catch((error: unknown) => {
      throw credentialsError(error);
    });
    const account =
      caller.account === id ? accountReader(reading, caller, null) : await enterAccount(reading, id);
    if (account !== null) return account;
    throw new NothingReadableError(caller.arn, reading.gaps.length, reading.gaps[0]?.reason ?? '');
  };
  const entries = countedEntries();
  const entered = async (id: string, putOff: TellPutOff): Promise<AccountReader> => {
    const { heed, count } = entries(clients());
    const before = count();
    try {
      return await enter(id, heed);
    } finally {
      if (count() > before) await putOff();
    }
  };
  return {
    account: async (id, putOff) => {
      const takenAt = now().toISOString();
      return readPart(await entered(id, putOff), takenAt);
    },
    region: async (id, region, clusters, putOff): Promise<RegionPart> => {
      const account = await entered(id, putOff);
      const read = await readClusters(account, region, clusters);
      return redactAll({ region: read, coverage: [...account.reading.gaps] });
    },
  };
}

/**
 * Clients that count the attempts to enter accounts that AWS put off. They outlive an invocation, and so does the count; in a
 * process that enters several accounts at once each of these hears of all.
 */
function countedEntries(): (clients: Clients) => { readonly heed: Clients; readonly count: () => number } {
  const known = new WeakMap<Clients, { readonly heed: Clients; readonly count: () => number }>();
  return (clients) => {
    let putOff = 0;
    const counted = known.get(clients) ?? {
      heed: heeded(clients, () => {
        putOff += 1;
      }),
      count: () => putOff,
    };
    known.set(clients, counted);
    return counted;
  };
}

async function readPart(reader: AccountReader, takenAt: string): Promise<AccountPart> {
  const listed = readRegions(reader).then((names) =>
    Promise.all(names.map(async (name) => ({ name, clusters: await listClusters(reader, name) }))),
  );
  const withClusters = listed.then((all) =>
    all.flatMap(({ name, clusters = [] }) =>
      clusters.length > 0 ? [{ name, clusters: [...clusters] }] : [],
    ),
  );
  const [wide, all, found] = await Promise.all([
    readAccountWide(
      reader,
      withClusters.then((regions) => regions.map(({ name }) => name)),
    ),
    listed,
    withClusters,
  ]);
  const account = {
    ...wide,
    regions: all.map(({ name, clusters }) => (clusters?.length === 0 ? { name, clusters: [] } : { name })),
  };
  const { gaps } = reader.reading;
  const saw = wasRead(account) || found.length > 0;
  if (!saw) throw new NothingReadableError(reader.caller, gaps.length, gaps[0]?.reason ?? '');
  return redactAll({
    takenAt,
    account,
    clusters: Object.fromEntries(found.map(({ name, clusters }) => [name, clusters])),
    coverage: [...gaps],
  });
}
