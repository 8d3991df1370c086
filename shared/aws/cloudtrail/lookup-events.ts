import { type CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { readTrigger } from '../../triggers/read-trigger.ts';
import { type RefusedCall, readRefusedCall } from '../../triggers/refused-call.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import { failureReason } from '../failure-reason.ts';
import type { Permissions } from '../permission.ts';

export const permissions: Permissions = { actions: ['cloudtrail:LookupEvents'], for: 'causes' };

/** Where and for what to look. CloudTrail takes one attribute a call. */
interface EventQuery {
  readonly account: string;
  readonly region: string;
  /** Absent: events of every name. */
  readonly eventName?: string;
}

/** What was found, newest first; `gap`: why older events may be missing. Never more than the last 90 days. */
interface FoundEvents {
  readonly triggers: readonly Trigger[];
  /** Calls that pods were refused, among the events of any name that podtrust does not follow. */
  readonly refused: readonly RefusedCall[];
  readonly gap?: string;
}

export type LookUpEvents = (query: EventQuery) => Promise<FoundEvents>;

export interface LookupOptions {
  readonly clientFor: (account: string, region: string) => CloudTrailClient;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** No call begins after it. */
  readonly until: Date;
  /** Pages of 50 events for one query. */
  readonly mostPages?: number;
}

/**
 * Two requests a second for each account and region, shared by everyone in the account (CloudTrail API reference,
 * LookupEvents): podtrust takes half.
 */
const INTERVAL = 1_000;
/** The most that a page holds. */
const PAGE = 50;

/**
 * Looks for events of one name through LookupEvents, each account and region at its pace however many ask. Denial,
 * throttling and the end of time or pages are a gap, never "nothing happened". A query asked twice is answered once.
 */
export function eventLookup(options: LookupOptions): LookUpEvents {
  const turns = new Map<string, Promise<void>>();
  const answers = new Map<string, Promise<FoundEvents>>();
  const turn = (place: string): Promise<void> => {
    const before = turns.get(place);
    const mine = before === undefined ? Promise.resolve() : before.then(() => options.sleep(INTERVAL));
    turns.set(place, mine);
    return mine;
  };
  return (query) => {
    const key = JSON.stringify([query.account, query.region, query.eventName ?? null]);
    const known = answers.get(key) ?? lookUp(query, options, turn);
    answers.set(key, known);
    return known;
  };
}

async function lookUp(
  { account, region, eventName }: EventQuery,
  { clientFor, now, until, mostPages = 10 }: LookupOptions,
  turn: (place: string) => Promise<void>,
): Promise<FoundEvents> {
  const triggers: Trigger[] = [];
  const refused: RefusedCall[] = [];
  const what = eventName === undefined ? 'events' : `events of ${eventName}`;
  let NextToken: string | undefined;
  let unread = 0;
  const gap = (reason: string): FoundEvents => ({ triggers, refused, gap: reason });
  for (let page = 1; page <= mostPages; page += 1) {
    await turn(`${account} ${region}`);
    if (now().getTime() >= until.getTime()) return gap('the time for looking was over');
    try {
      const answer = await clientFor(account, region).send(
        new LookupEventsCommand({
          ...(eventName !== undefined && {
            LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }],
          }),
          MaxResults: PAGE,
          ...(NextToken !== undefined && { NextToken }),
        }),
      );
      const envelopes = (answer.Events ?? []).map((event) => envelopeOf(event, account));
      refused.push(...envelopes.map(readRefusedCall).filter((call) => call !== null));
      const readings = envelopes.map(readTrigger);
      triggers.push(...readings.flatMap((one) => (one.outcome === 'trigger' ? [one.trigger] : [])));
      // Of events of any name, most are nothing that is followed.
      const expected = eventName === undefined ? ['trigger', 'ignored'] : ['trigger'];
      unread += readings.filter(({ outcome }) => !expected.includes(outcome)).length;
      NextToken = answer.NextToken;
    } catch (error) {
      return gap(`cloudtrail:LookupEvents in ${region}: ${failureReason(error)}`);
    }
    if (NextToken === undefined)
      return unread === 0 ? { triggers, refused } : gap(`${unread} ${what} were not readable`);
  }
  return gap(`there are more than ${mostPages * PAGE} ${what} in ${region}`);
}

/** The record inside, as EventBridge would deliver it; null for one that is none. */
function envelopeOf({ CloudTrailEvent = '' }: Event, account: string): object | null {
  try {
    const detail: unknown = JSON.parse(CloudTrailEvent);
    return { account, detail };
  } catch {
    return null;
  }
}
