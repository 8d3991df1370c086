import type { Config } from '../../config/config.ts';
import { type Account, type CoverageGap, SNAPSHOT_VERSION } from '../../estate/snapshot.ts';
import { canonicalSnapshot } from '../../estate/write-snapshot.ts';
import type { EvidenceStore } from '../../evidence/store.ts';
import { type Claims, snapshotKey } from '../claims.ts';
import { rememberCreators } from '../creators.ts';
import type { History } from '../history.ts';
import { relationsOf } from '../neighbours.ts';
import type { Relations } from '../resolve-scope.ts';
import { failureReason, type StepFailure } from '../step-failure.ts';
import type { Telemetry } from '../telemetry.ts';
import { abstractOf, type CollectedAccount } from './abstract.ts';
import type { AccountInScan } from './collect-account.ts';
import {
  accountPartKey,
  accountPartSchema,
  type RegionPart,
  readKept,
  regionPartKey,
  regionPartSchema,
} from './collection.ts';
import { readingDigest } from './reading-digest.ts';
import { scanKeys } from './scan.ts';

export interface AssemblePorts {
  readonly claims: Claims;
  readonly history: History;
  readonly relations: Pick<Relations, 'keep'>;
  /** What was observed of sessions. */
  readonly evidence: Pick<EvidenceStore, 'all'>;
  readonly telemetry: Telemetry;
  readonly bindings: Config['bindings'];
  readonly hash: (text: string) => string;
}

/** What became of a region's step. */
type RegionOutcome = { readonly region: string } | { readonly region: string; readonly failure: StepFailure };

export type AssembleInput = AccountInScan &
  ({ readonly regions: readonly RegionOutcome[] } | { readonly failure: StepFailure });

/**
 * Puts the parts of an account together into a snapshot, kept like every other one, and leaves its abstract for joining;
 * of an account that could not be read it leaves why. Throws LostClaimError.
 */
export function assemble(ports: AssemblePorts) {
  return async (input: AssembleInput): Promise<void> => {
    const { scan, account } = input;
    const left: CollectedAccount =
      'failure' in input
        ? { account, unread: failureReason(input.failure) }
        : await assembled({ scan, account }, input.regions, ports);
    await ports.claims.put(scanKeys.collected(scan, account), JSON.stringify(left));
    if ('unread' in left) ports.telemetry.count('ScanAccountsUnread');
  };
}

async function assembled(
  { scan, account: id }: AccountInScan,
  outcomes: readonly RegionOutcome[],
  ports: AssemblePorts,
): Promise<CollectedAccount> {
  const { claims, history, relations, telemetry, bindings, hash } = ports;
  const part = await readKept(claims, accountPartKey(scan, id), accountPartSchema);
  const read = new Map<string, RegionPart['region']>();
  const coverage: CoverageGap[] = [...part.coverage];
  for (const outcome of outcomes) {
    const { region } = outcome;
    if ('failure' in outcome) {
      const { partition } = part.account;
      const names = part.clusters[region] ?? [];
      read.set(region, undescribed(names, { partition, account: id, region }));
      coverage.push(...gapsOf(names, { account: id, region }, failureReason(outcome.failure)));
    } else {
      const found = await readKept(claims, regionPartKey(scan, id, region), regionPartSchema);
      read.set(region, found.region);
      coverage.push(...found.coverage);
    }
  }
  const snapshot = await rememberCreators(
    canonicalSnapshot({
      schemaVersion: SNAPSHOT_VERSION,
      takenAt: part.takenAt,
      accounts: [withRegions(part.account, read)],
      coverage,
    }),
    id,
    [],
    { claims, history },
  );
  const key = snapshotKey(id, snapshot.takenAt, `scan-${scan.slice(-36)}`);
  await claims.put(key, JSON.stringify(snapshot));
  await history.keep(id, snapshot.takenAt, key);
  const [account] = snapshot.accounts;
  if (account === undefined) return { account: id, unread: 'its snapshot is empty' };
  const abstract = abstractOf({
    snapshot,
    account,
    key,
    digest: readingDigest(snapshot, hash),
    bindings,
    observed: await observedIssuers(id, ports),
  });
  if (abstract.showsClusters && account.oidcProviders !== undefined)
    await relations.keep(id, relationsOf(account));
  telemetry.count('CoverageGaps', coverage.length);
  return abstract;
}

/** Issuers of the tokens with which the account's roles were asked for: one of them may be a cluster of another account. */
async function observedIssuers(account: string, { evidence }: AssemblePorts): Promise<readonly string[]> {
  const kept = await evidence.all(account);
  return kept.evidence.flatMap(({ of }) => ('issuer' in of && of.issuer !== undefined ? [of.issuer] : []));
}

function withRegions(account: Account, read: ReadonlyMap<string, RegionPart['region']>): Account {
  const { regions } = account;
  return regions === undefined
    ? account
    : { ...account, regions: regions.map((region) => read.get(region.name) ?? region) };
}

interface RegionOf {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** Clusters that are known by name alone: they are there, and nothing else is known of them. */
function undescribed(
  names: readonly string[],
  { partition, account, region }: RegionOf,
): RegionPart['region'] {
  const clusters = names.map((name) => ({
    name,
    arn: `arn:${partition}:eks:${region}:${account}:cluster/${name}`,
  }));
  return { name: region, clusters };
}

function gapsOf(
  names: readonly string[],
  place: { readonly account: string; readonly region: string },
  reason: string,
): readonly CoverageGap[] {
  return names.map((cluster) => ({ ...place, cluster, read: 'eks:DescribeCluster', reason }));
}
