import type * as cloudtrail from '@aws-sdk/client-cloudtrail';
import type { Event, EventSelector, LookupAttribute, Trail } from '@aws-sdk/client-cloudtrail';
import { type Call, type Operations, read } from '../operation.ts';
import { page } from '../paging.ts';
import type { CloudTrailRecord } from '../records/record.ts';
import type { TrailState } from '../state.ts';
import { invalidMaxResults, invalidNextToken, trailNotFound } from './errors.ts';

function trailOf(call: Call, name: string | undefined): TrailState {
  const trail = call.account.trails.find((one) => one.arn === name || one.name === name);
  if (trail === undefined) {
    throw trailNotFound(`Unknown trail: ${name} for the user: ${call.account.id}`);
  }
  return trail;
}

const described = (trail: TrailState): Trail => ({
  Name: trail.name,
  S3BucketName: `${trail.name}-logs`,
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: trail.multiRegion,
  HomeRegion: trail.homeRegion,
  TrailARN: trail.arn,
  LogFileValidationEnabled: true,
  HasCustomEventSelectors: trail.managementEvents !== 'all',
  HasInsightSelectors: false,
  IsOrganizationTrail: trail.organization,
});

function selectors(trail: TrailState): EventSelector[] {
  const types = { all: 'All', write: 'WriteOnly', read: 'ReadOnly', none: 'All' } as const;
  return [
    {
      ReadWriteType: types[trail.managementEvents],
      IncludeManagementEvents: trail.managementEvents !== 'none',
      DataResources: [],
      ExcludeManagementEventSources: [],
    },
  ];
}

/** A record as LookupEvents wraps it. */
function toEvent(record: CloudTrailRecord): Event {
  const identity: { userName?: unknown; accessKeyId?: unknown; arn?: unknown } = record.userIdentity;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    AccessKeyId: text(identity.accessKeyId),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    Username: text(identity.userName) ?? text(identity.arn)?.replace(/^.*\//, ''),
    Resources: (record.resources ?? []).map(({ type, ARN }) => ({ ResourceType: type, ResourceName: ARN })),
    CloudTrailEvent: JSON.stringify(record),
  };
}

function matches(event: Event, { AttributeKey, AttributeValue }: LookupAttribute): boolean {
  switch (AttributeKey) {
    case 'EventId':
      return event.EventId === AttributeValue;
    case 'EventName':
      return event.EventName === AttributeValue;
    case 'ReadOnly':
      return event.ReadOnly === AttributeValue;
    case 'Username':
      return event.Username === AttributeValue;
    case 'EventSource':
      return event.EventSource === AttributeValue;
    case 'AccessKeyId':
      return event.AccessKeyId === AttributeValue;
    case 'ResourceName':
      return (event.Resources ?? []).some(({ ResourceName }) => ResourceName === AttributeValue);
    case 'ResourceType':
      return (event.Resources ?? []).some(({ ResourceType }) => ResourceType === AttributeValue);
    default:
      return true;
  }
}

const NINETY_DAYS = 90 * 24 * 3600 * 1000;

function lookup(call: Call, input: cloudtrail.LookupEventsCommandInput) {
  const most = input.MaxResults ?? 50;
  if (most < 1 || most > 50) throw invalidMaxResults('A maximum of 50 results can be returned.');
  const from = Math.max(input.StartTime?.getTime() ?? 0, call.now.getTime() - NINETY_DAYS);
  const until = input.EndTime?.getTime() ?? call.now.getTime();
  const found = call.region.records
    .map(toEvent)
    .filter(({ EventTime }) => (EventTime?.getTime() ?? 0) >= from && (EventTime?.getTime() ?? 0) <= until)
    .filter((event) => (input.LookupAttributes ?? []).every((attribute) => matches(event, attribute)))
    .reverse();
  const { items, next } = page(found, Math.min(most, call.pageSize), input.NextToken, () =>
    invalidNextToken(),
  );
  return { Events: items, NextToken: next };
}

/** Trails, and the last 90 days of events (writes and sessions: reads are not kept). */
export const cloudtrailOperations: Operations<typeof cloudtrail> = {
  DescribeTrails: read((call, input) => {
    const named = input.trailNameList ?? [];
    const shadows = input.includeShadowTrails ?? true;
    const trails = call.account.trails.filter(
      ({ arn, name, homeRegion, multiRegion }) =>
        (named.length === 0 || named.includes(arn) || named.includes(name)) &&
        (homeRegion === call.region.name || (multiRegion && shadows)),
    );
    return { trailList: trails.map(described) };
  }),
  GetTrailStatus: read((call, { Name }) => ({ IsLogging: trailOf(call, Name).logging })),
  GetEventSelectors: read((call, { TrailName }) => {
    const trail = trailOf(call, TrailName);
    return { TrailARN: trail.arn, EventSelectors: selectors(trail) };
  }),
  LookupEvents: read(lookup),
};
