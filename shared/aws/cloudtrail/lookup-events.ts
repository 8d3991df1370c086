import { type CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { readTrigger } from '../../triggers/read-trigger.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import { failureReason } from '../failure-reason.ts';
import type { Permissions } from '../permission.ts';

export const permissions: Permissions = { actions: ['cloudtrail:LookupEvents'], for: 'causes' };

/** Where and for what to look. CloudTrail takes one attribute a call. */
interface EventQuery {
  readonly account: string;
  readonly region: string;
  readonly eventName: string;
}

/** What was found, newest first; `gap`: why older events may be missing. Never more than the last 90 days. */
interface FoundEvents {
  readonly triggers: readonly Trigger[];
  readonly gap?: string;
}

type LookUpEvents = (query: EventQuery) => Promise<FoundEvents>;

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
    const key = JSON.stringify([query.account, query.region, query.eventName]);
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
  let NextToken: string | undefined;
  let unread = 0;
  const gap = (reason: string): FoundEvents => ({ triggers, gap: reason });
  for (let page = 1; page <= mostPages; page += 1) {
    await turn(`${account} ${region}`);
    if (now().getTime() >= until.getTime()) return gap('the time for looking was over');
    try {
      const answer = await clientFor(account, region).send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }],
          MaxResults: PAGE,
          ...(NextToken !== undefined && { NextToken }),
        }),
      );
      for (const event of answer.Events ?? []) {
        const trigger = triggerOf(event, account);
        if (trigger === null) unread += 1;
        else triggers.push(trigger);
      }
      NextToken = answer.NextToken;
    } catch (error) {
      return gap(`cloudtrail:LookupEvents in ${region}: ${failureReason(error)}`);
    }
    if (NextToken === undefined)
      return unread === 0 ? { triggers } : gap(`${unread} events of ${eventName} were not readable`);
  }
  return gap(`there are more than ${mostPages * PAGE} events of ${eventName} in ${region}`);
}

/** The record inside, read as the pipeline reads it; null for one that is none. */
function triggerOf({ CloudTrailEvent = '' }: Event, account: string): Trigger | null {
  try {
    const detail: unknown = JSON.parse(CloudTrailEvent);
    const reading = readTrigger({ account, detail });
    return reading.outcome === 'trigger' ? reading.trigger : null;
  } catch {
    return null;
  }
}
