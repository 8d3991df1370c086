import {
  type AdvancedEventSelector,
  type Trail as Described,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { type Trail, trailSchema } from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { required } from './listed.ts';
import { managementEventsOf } from './management-events.ts';

export const permissions: Permissions = {
  actions: ['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'],
  for: 'read',
};

/**
 * The trails that cover the account. A multi-region trail shows in every region, an organization's in every member
 * account, so one region is asked first; the regions that hold clusters are asked only when no multi-region trail
 * takes all management events. Undefined when no region answered.
 */
export async function readTrails(
  account: AccountReader,
  clusterRegions: Promise<readonly string[]>,
): Promise<Trail[] | undefined> {
  const home = account.known?.iamRegion ?? (await clusterRegions)[0];
  const first = home === undefined ? undefined : await describeTrails(account, home);
  const found = new Map((first ?? []).map((trail) => [trail.arn, trail]));
  if ([...found.values()].some(takesEverything)) return [...found.values()];
  const others = (await clusterRegions).filter((region) => region !== home);
  const more = await Promise.all(others.map((region) => describeTrails(account, region, found)));
  for (const trail of more.flatMap((trails) => trails ?? [])) found.set(trail.arn, trail);
  return first === undefined && more.every((trails) => trails === undefined)
    ? undefined
    : [...found.values()];
}

const takesEverything = (trail: Trail): boolean =>
  trail.multiRegion === true && trail.logging === true && trail.managementEvents === 'all';

async function describeTrails(
  account: AccountReader,
  region: string,
  known: ReadonlyMap<string, Trail> = new Map(),
): Promise<Trail[] | undefined> {
  const { reading } = account;
  const pages = await reading.pages('cloudtrail:DescribeTrails', { ...account.place, region }, async () => ({
    items: (await account.client('cloudtrail', region).send(new DescribeTrailsCommand({}))).trailList,
    next: undefined,
  }));
  if (pages === undefined) return undefined;
  const unknown = pages.items.filter(({ TrailARN }) => TrailARN === undefined || !known.has(TrailARN));
  const trails = await Promise.all(unknown.map((trail) => readTrail(account, region, trail)));
  return trails.filter((trail) => trail !== undefined);
}

/** Status and selectors are asked for in the trail's home region, by ARN: an organization's trail answers to no less. */
async function readTrail(
  account: AccountReader,
  region: string,
  { TrailARN, HomeRegion, IsMultiRegionTrail, IsOrganizationTrail, HasCustomEventSelectors }: Described,
): Promise<Trail | undefined> {
  const { reading } = account;
  const place = { ...account.place, region: HomeRegion ?? region, subject: TrailARN ?? 'a trail' };
  if (!TrailARN) {
    reading.gap('cloudtrail:DescribeTrails', place, 'malformed answer: a trail without ARN');
    return undefined;
  }
  const cloudtrail = account.client('cloudtrail', HomeRegion ?? region);
  const [logging, selectors] = await Promise.all([
    reading.one('cloudtrail:GetTrailStatus', place, async () =>
      required((await cloudtrail.send(new GetTrailStatusCommand({ Name: TrailARN }))).IsLogging, 'IsLogging'),
    ),
    HasCustomEventSelectors === false
      ? DEFAULT_SELECTORS
      : reading.one('cloudtrail:GetEventSelectors', place, async () => {
          const answer = await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: TrailARN }));
          required(answer.EventSelectors ?? answer.AdvancedEventSelectors, 'selectors');
          return answer;
        }),
  ]);
  const managementEvents = selectors && managementEventsOf(selectors);
  if (managementEvents === 'narrowed') {
    reading.gap(
      'cloudtrail:GetEventSelectors',
      place,
      'its selectors leave out management events by other fields',
    );
  }
  return reading.shaped(
    trailSchema,
    {
      arn: TrailARN,
      homeRegion: HomeRegion,
      multiRegion: IsMultiRegionTrail,
      organization: IsOrganizationTrail,
      logging,
      managementEvents: managementEvents === 'narrowed' ? undefined : managementEvents,
    },
    'cloudtrail:DescribeTrails',
    place,
  );
}

/** A trail without selectors of its own takes all management events (CloudTrail user guide, "Logging management events"). */
const DEFAULT_SELECTORS: {
  readonly EventSelectors: EventSelector[];
  readonly AdvancedEventSelectors?: AdvancedEventSelector[];
} = { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }] };
