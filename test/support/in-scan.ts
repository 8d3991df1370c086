import type { Config } from '../../shared/config/config.ts';
import { type Account, SNAPSHOT_VERSION, type Snapshot } from '../../shared/estate/snapshot.ts';
import { abstractOf, type CollectedAccount, collectedSchema } from '../../shared/pipeline/scan/abstract.ts';
import { type Joined, type JoinedAccount, join } from '../../shared/pipeline/scan/join.ts';
import { type JudgedPart, judgeWith, type PartPorts } from '../../shared/pipeline/scan/judge-with.ts';
import { type Listed, listedSchema } from '../../shared/pipeline/scan/list-accounts.ts';
import { type ScanIndexData, scanIndex, scanIndexSchema } from '../../shared/pipeline/scan/scan-index.ts';

/** An organization as a scan has it once it is joined. */
export interface ScannedOrganization {
  readonly listed: Listed;
  readonly whole: Joined;
  readonly joined: readonly JoinedAccount[];
  readonly index: ScanIndexData;
  readonly read: PartPorts['read'];
}

/** Splits a snapshot into those of its accounts, and joins them as the scan does; accounts that only gaps name were not read. */
export async function scanned(
  { accounts, organization, coverage, takenAt }: Snapshot,
  config: Config,
): Promise<ScannedOrganization> {
  const own = new Set(accounts.map(({ id }) => id));
  const isOfOrganization = ({ read }: { read: string }) => read.startsWith('organizations:');
  const parts = new Map(
    accounts.map((account): [string, Snapshot] => [
      `snapshots/${account.id}`,
      {
        schemaVersion: SNAPSHOT_VERSION,
        takenAt,
        accounts: [account],
        coverage: coverage.filter(
          (gap) => (gap.account ?? account.id) === account.id && !isOfOrganization(gap),
        ),
      },
    ]),
  );
  const listed: Listed = listedSchema.parse({
    accounts: [...own].sort(),
    leftOut: coverage.flatMap(({ account, reason }) =>
      account === undefined || own.has(account) ? [] : [{ account, reason }],
    ),
    complete: organization?.complete === true,
    organization: organization === undefined ? null : withoutComplete(organization),
    coverage: coverage.filter((gap) => gap.account === undefined && isOfOrganization(gap)),
  });
  const collected = new Map(
    accounts.map((account): [string, CollectedAccount] => {
      const key = `snapshots/${account.id}`;
      const snapshot = parts.get(key);
      if (snapshot === undefined) throw new Error(`${key} is not there`);
      const { bindings } = config;
      const abstract = abstractOf({
        snapshot,
        account,
        key,
        digest: key,
        bindings,
        observed: observedIssuers(account),
      });
      return [account.id, collectedSchema.parse(JSON.parse(JSON.stringify(abstract)))];
    }),
  );
  const joined: JoinedAccount[] = [];
  let index: ScanIndexData | undefined;
  const whole = await join({
    accounts: listed.accounts,
    collected: async (id) => collected.get(id) ?? null,
    keep: async (one) => void joined.push(one),
    keepIndex: async (data) => {
      index = scanIndexSchema.parse(JSON.parse(JSON.stringify(data)));
    },
  });
  if (index === undefined) throw new Error('join left no index');
  return {
    listed,
    whole,
    joined,
    index,
    read: async (key) => {
      const snapshot = parts.get(key);
      if (snapshot === undefined) throw new Error(`${key} was not kept`);
      return snapshot;
    },
  };
}

/** What a scan finds of each of the accounts of a snapshot. */
export async function judgedInScan(
  snapshot: Snapshot,
  config: Config,
  more: Pick<PartPorts, 'most' | 'about'> = {},
): Promise<ReadonlyMap<string, JudgedPart>> {
  const { joined, index, ...rest } = await scanned(snapshot, config);
  const lookUp = scanIndex(index);
  const judged = new Map<string, JudgedPart>();
  for (const one of joined)
    judged.set(
      one.account,
      await judgeWith(one, {
        ...rest,
        config,
        index: async () => lookUp,
        observed: async (each) => each,
        now: snapshot.takenAt,
        ...more,
      }),
    );
  return judged;
}

function withoutComplete({ complete: _, ...rest }: NonNullable<Snapshot['organization']>) {
  return rest;
}

function observedIssuers({ observed }: Account): readonly string[] {
  return [...(observed?.sessions?.seen ?? []), ...(observed?.denials?.webIdentity ?? [])].flatMap(
    ({ issuer }) => issuer ?? [],
  );
}
