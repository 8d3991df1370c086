import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { type EventBridgeEvent, toEventBridge } from '../../simulator/records/record.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { iamEvent } from './recorded-call.ts';

/** What SDK clients of the emulator take; the access key id is the account. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface BridgeOptions {
  readonly accounts: Readonly<Record<string, ClientConfig>>;
  readonly simulation: Simulation;
  /** The source under which events are put: PutEvents takes none that begins with `aws.`. */
  readonly source: string;
  readonly pollMilliseconds: number;
}

/**
 * Stands in for the way from CloudTrail to the buses, which the emulator does not have. It reads what the emulator
 * recorded of IAM calls (LookupEvents) and what the simulator recorded of EKS calls, and lets the rules that are deployed
 * on the default bus of each account decide: an event that a rule's pattern matches (TestEventPattern, with its true
 * source) is put on the bus that the rule's target names, in whichever account, since the emulator does not forward from
 * one account to another. Everything before now is left out. Returns what ends it.
 */
export function startBridge({
  accounts,
  simulation,
  source,
  pollMilliseconds,
}: BridgeOptions): () => Promise<void> {
  const stop = new AbortController();
  const waiting: EventBridgeEvent[] = [];
  const unsubscribe = simulation.onRecord((record) => waiting.push(toEventBridge(record)));
  const trails = Object.values(accounts).map((config) => iamReader(config, new Date()));
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const read of trails) waiting.push(...(await read()));
      for (const event of waiting.splice(0)) await deliver(accounts, source, event);
      await sleep(pollMilliseconds);
    }
  };
  const running = work();
  // An error is told by whoever ends the bridge; until then tests fail for want of events.
  running.catch((error) => process.emitWarning(`The bridge ended: ${error}`));
  return async () => {
    unsubscribe();
    stop.abort();
    await running;
  };
}

/** Reads IAM writes of an account that were not read before, oldest first. */
function iamReader(config: ClientConfig, since: Date): () => Promise<EventBridgeEvent[]> {
  const client = new CloudTrailClient(config);
  const seen = new Set<string>();
  return async () => {
    const found: EventBridgeEvent[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await client.send(new LookupEventsCommand({ StartTime: since, NextToken }));
      const fresh = (answer.Events ?? []).filter(({ EventId = '' }) => !seen.has(EventId));
      for (const { EventId = '', CloudTrailEvent = '{}' } of fresh) {
        seen.add(EventId);
        const event = iamEvent(CloudTrailEvent);
        if (event !== null) found.push(event);
      }
      // Newest first: a page with nothing new ends it.
      NextToken = fresh.length > 0 ? answer.NextToken : undefined;
    } while (NextToken !== undefined);
    return found.reverse();
  };
}

/** Puts an event where the rules of its account's default bus send it. */
async function deliver(
  accounts: Readonly<Record<string, ClientConfig>>,
  source: string,
  event: EventBridgeEvent,
): Promise<void> {
  const config = accounts[event.account];
  if (config === undefined) return;
  const events = new EventBridgeClient(config);
  for (const bus of await targetsOf(events, event)) {
    const [, , , , owner = ''] = bus.split(':');
    const hub = accounts[owner];
    if (hub === undefined) throw new Error(`A rule of ${event.account} sends events to ${bus}.`);
    const { FailedEntryCount, Entries } = await new EventBridgeClient(hub).send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: source,
            DetailType: event['detail-type'],
            Detail: JSON.stringify(event.detail),
          },
        ],
      }),
    );
    if (FailedEntryCount !== 0) throw new Error(`${bus} refused an event: ${JSON.stringify(Entries)}`);
  }
}

/** The buses to which rules send an event, each once. */
async function targetsOf(events: EventBridgeClient, event: EventBridgeEvent): Promise<ReadonlySet<string>> {
  const buses = new Set<string>();
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, EventPattern } of Rules) {
    const asked = { EventPattern, Event: JSON.stringify(event) };
    const { Result } = await events.send(new TestEventPatternCommand(asked));
    if (Result !== true) continue;
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    for (const { Arn = '' } of Targets) if (/:event-bus\//.test(Arn)) buses.add(Arn);
  }
  return buses;
}
