import type { Claims } from '../claims.ts';
import type { Telemetry } from '../telemetry.ts';
import {
  type AccountCollection,
  accountPartKey,
  accountPartSchema,
  readKept,
  regionPartKey,
} from './collection.ts';
import { tellPutOff } from './put-off.ts';
import type { ScanId } from './scan.ts';

export interface ScanCollectPorts {
  readonly collection: AccountCollection;
  readonly claims: Claims;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

export interface AccountInScan {
  readonly scan: ScanId;
  readonly account: string;
}

/** The regions whose clusters are still to be read. */
export interface RegionsToRead {
  readonly regions: readonly { readonly region: string }[];
}

/** Reads an account without its clusters, and says in which regions it has some. Throws what the collection throws. */
export function collectAccount(ports: ScanCollectPorts) {
  const { collection, claims } = ports;
  return async ({ scan, account }: AccountInScan): Promise<RegionsToRead> => {
    const part = await collection.account(account, tellPutOff(ports, { scan, account }));
    await claims.put(accountPartKey(scan, account), JSON.stringify(part));
    return { regions: Object.keys(part.clusters).map((region) => ({ region })) };
  };
}

/** Reads the clusters of one region, as they were listed. Throws LostClaimError and what the collection throws. */
export function collectRegion(ports: ScanCollectPorts) {
  const { collection, claims } = ports;
  return async ({
    scan,
    account,
    region,
  }: AccountInScan & { readonly region: string }): Promise<{ region: string }> => {
    const { clusters } = await readKept(claims, accountPartKey(scan, account), accountPartSchema);
    const putOff = tellPutOff(ports, { scan, account });
    const part = await collection.region(account, region, clusters[region] ?? [], putOff);
    await claims.put(regionPartKey(scan, account, region), JSON.stringify(part));
    return { region };
  };
}
