import type { Account, Region } from '../../estate/snapshot.ts';
import type { LookUp } from '../../findings/cause-lookup.ts';
import { type Creation, withCreator } from '../../identity/access/creation.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { Reading } from '../reading.ts';

/** CloudTrail's event history goes back 90 days (CloudTrail user guide, "Working with CloudTrail event history"). */
const HISTORY = 90 * 86_400_000;

/**
 * The account with the creators of those of its clusters that are young enough for CloudTrail's event history to tell.
 * What keeps an event from being found is a gap in the coverage.
 */
export async function withCreators(
  account: Account,
  reading: Reading,
  lookUp: LookUp,
  now: Date,
): Promise<Account> {
  if (account.regions === undefined) return account;
  const regions = account.regions.map(async (region) => {
    const asked = (region.clusters ?? []).some(
      ({ creator, created }) =>
        creator === undefined && created !== undefined && now.getTime() - Date.parse(created) < HISTORY,
    );
    return asked ? inRegion(account.id, region, reading, lookUp) : region;
  });
  return { ...account, regions: await Promise.all(regions) };
}

async function inRegion(account: string, region: Region, reading: Reading, lookUp: LookUp): Promise<Region> {
  const place = { account, region: region.name, subject: 'CreateCluster' };
  const found = await reading.one('cloudtrail:LookupEvents', place, async () => {
    const { triggers, gap } = await lookUp({ account, region: region.name, eventName: 'CreateCluster' });
    return { creations: triggers.flatMap(creationOf), gap };
  });
  if (found === undefined) return region;
  const clusters = (region.clusters ?? []).map((one) => withCreator(one, region.name, found.creations));
  const known = clusters.every(({ creator }) => creator !== undefined);
  if (found.gap !== undefined && !known) reading.gap('cloudtrail:LookupEvents', place, found.gap);
  return { ...region, clusters };
}

function creationOf(trigger: Trigger): Creation[] {
  if (trigger.kind !== 'cluster' || trigger.change !== 'created' || trigger.failure !== undefined) return [];
  const { arn, session } = trigger.actor;
  return [
    {
      region: trigger.region,
      cluster: trigger.clusterName,
      time: trigger.event.time,
      ...(arn !== undefined && { arn }),
      ...(session !== undefined && { session }),
    },
  ];
}
