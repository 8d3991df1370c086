import * as z from 'zod';
import { snapshotSchema } from '../../estate/snapshot.ts';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import type { TellPutOff } from './put-off.ts';
import { regionName, type ScanId } from './scan.ts';

const regionPart = snapshotSchema.shape.accounts.element.shape.regions.unwrap().element;

/** What is read of an account at once: everything but what its clusters are. */
export const accountPartSchema = z.strictObject({
  takenAt: z.iso.datetime(),
  /** Without `clusters` where a region has some, until they are read; with none where it has none. */
  account: snapshotSchema.shape.accounts.element,
  /** Names of clusters that are to be read, by region. */
  clusters: z.record(regionName, z.array(z.string().min(1).max(100))),
  coverage: snapshotSchema.shape.coverage,
});

export type AccountPart = Readonly<z.infer<typeof accountPartSchema>>;

/** The clusters of one region of an account. */
export const regionPartSchema = z.strictObject({
  region: regionPart,
  coverage: snapshotSchema.shape.coverage,
});

export type RegionPart = Readonly<z.infer<typeof regionPartSchema>>;

/**
 * Reads an account in steps, each short enough for one function. A read that fails is a gap, never an error. `putOff` is told
 * when AWS put off the call that enters the account, before anything is read.
 */
export interface AccountCollection {
  /**
   * Everything but the clusters. Throws NoCredentialsError, ExpiredCredentialsError, RefusedCredentialsError or
   * UnreachableError when the first call fails, NothingReadableError when the account cannot be read at all.
   */
  readonly account: (account: string, putOff: TellPutOff) => Promise<AccountPart>;
  readonly region: (
    account: string,
    region: string,
    clusters: readonly string[],
    putOff: TellPutOff,
  ) => Promise<RegionPart>;
}

/** Where the scan keeps what it read of an account, until it is put together. */
export const accountPartKey = (scan: ScanId, account: string): string =>
  `scans/${scan}/parts/${account}.json`;

/** Where the scan keeps the clusters of a region of an account. */
export const regionPartKey = (scan: ScanId, account: string, region: string): string =>
  `scans/${scan}/parts/${account}-${region}.json`;

/** Reads back what a step of the scan kept. Throws LostClaimError. */
export async function readKept<Schema extends z.ZodType>(
  claims: Claims,
  key: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await claims.get(key);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LostClaimError(key, 'it does not hold what the scan kept there', { cause });
  }
}
