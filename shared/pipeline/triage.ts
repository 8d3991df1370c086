import { causeOf } from '../findings/cause.ts';
import { readTrigger } from '../triggers/read-trigger.ts';
import type { RoleTrigger, Trigger } from '../triggers/trigger.ts';
import { isCanary } from './canary.ts';
import { canonicalJson } from './canonical.ts';
import { laneKey, laneOf } from './lane.ts';
import { type Asked, type RequestPorts, requestEvaluations } from './request-evaluations.ts';
import { type Scope, scopeKey, scopesOf } from './scope.ts';
import { MOST_CAUSES, type ScopeRequest } from './scope-request.ts';

/** One message of the queue. */
export interface Message {
  readonly messageId: string;
  /** An EventBridge envelope as JSON text. */
  readonly body: string;
}

export interface TriagePorts extends RequestPorts {
  readonly now: () => Date;
  readonly hash: (text: string) => string;
}

/** The messages that stay in the queue, for another try and in the end for the dead-letter queue. */
export interface TriageResult {
  readonly failed: readonly string[];
}

interface Request {
  readonly scope: Scope;
  readonly triggers: Trigger[];
  readonly messages: string[];
}

/**
 * Turns a batch of messages into the smallest set of requests and sees to their evaluation. A message that is no
 * CloudTrail event, or whose evaluation could not be started, is handed back; it never takes the rest of the batch with
 * it.
 */
export function triage(ports: TriagePorts) {
  return async (messages: readonly Message[]): Promise<TriageResult> => {
    const { requests, unreadable } = collapse(messages, ports);
    const failed = await requestEvaluations(
      requests.map((request) => asked(request, ports.hash)),
      ports,
    );
    return { failed: [...new Set([...unreadable, ...failed])] };
  };
}

/** Groups what the messages ask for by scope. */
function collapse(messages: readonly Message[], { telemetry, now }: TriagePorts) {
  const requests = new Map<string, Request>();
  const unreadable: string[] = [];
  telemetry.count('EventsReceived', messages.length);
  for (const { messageId, body } of messages) {
    const event = parsed(body);
    if (isCanary(event, telemetry, now)) continue;
    const reading = readTrigger(event);
    if (reading.outcome === 'unreadable') {
      unreadable.push(messageId);
      telemetry.count('EventsUnreadable');
      telemetry.note('The message is no CloudTrail event', { messageId, reason: reading.reason });
    } else if (reading.outcome === 'ignored' || reading.trigger.failure !== undefined) {
      telemetry.count('EventsIgnored');
    } else {
      const scopes = scopesOf(reading.trigger);
      if (scopes.length === 0) telemetry.count('EventsIgnored');
      for (const scope of scopes) {
        // The issuer of a deleted cluster waits for the cluster to go; one whose provider was written does not.
        const key = `${laneKey(laneOf(scope))} ${scopeKey(scope)}`;
        const request = requests.get(key) ?? { scope, triggers: [], messages: [] };
        requests.set(key, request);
        request.triggers.push(reading.trigger);
        request.messages.push(messageId);
      }
    }
  }
  telemetry.count('ScopesRequested', requests.size);
  return { requests: [...requests.values()], unreadable };
}

function asked({ scope, triggers, messages }: Request, hash: (text: string) => string): Asked {
  const events = newestFirst(triggers);
  return { request: requestOf(scope, events, hash), eventIds: events.map(({ event }) => event.id), messages };
}

/** The request that triggers, newest first, make for a scope. */
function requestOf(scope: Scope, events: readonly Trigger[], hash: (text: string) => string): ScopeRequest {
  return {
    scope,
    causes: events.slice(0, MOST_CAUSES).map(causeOf),
    events: events.length,
    ...expectedDocuments(events, hash),
    ...expectedPresence(events, scope),
  };
}

/** Each event once, however often it was delivered, the newest first; ties by id, so that the order never varies. */
function newestFirst(triggers: readonly Trigger[]): Trigger[] {
  const byId = new Map(triggers.map((trigger) => [trigger.event.id, trigger]));
  return [...byId.values()].sort(
    (a, b) => b.event.time.localeCompare(a.event.time) || (a.event.id < b.event.id ? -1 : 1),
  );
}

/**
 * What the newest writes of the role's trust policy left behind; writes of anything else do not change it. CloudTrail's
 * times have whole seconds, so several can be the newest.
 */
function expectedDocuments(
  events: readonly Trigger[],
  hash: (text: string) => string,
): Pick<ScopeRequest, 'expected' | 'writtenAt' | 'firstWrittenAt'> {
  const writes = events.filter((trigger) => trigger.kind === 'role').filter(writesTrust);
  const writtenAt = writes[0]?.event.time;
  const firstWrittenAt = writes.at(-1)?.event.time;
  if (writtenAt === undefined || firstWrittenAt === undefined) return { expected: [] };
  const newest = writes.filter((trigger) => trigger.event.time === writtenAt);
  const documents = newest.map((trigger) => trigger.document).filter((document) => document !== undefined);
  const hashes = [...new Set(documents.map((document) => hash(canonicalJson(document))))].sort();
  const known = documents.length === newest.length && hashes.length <= MOST_CAUSES;
  return { writtenAt, firstWrittenAt, expected: known ? hashes : [] };
}

/** Whether the newest events that made or deleted the scope's subject left it there; nothing when they disagree. */
function expectedPresence(
  events: readonly Trigger[],
  { kind }: Scope,
): Pick<ScopeRequest, 'presence' | 'madeAt'> {
  const own = kind === 'issuer' ? 'provider' : 'role';
  const made = events.flatMap((trigger) =>
    trigger.kind === own && (trigger.change === 'created' || trigger.change === 'deleted')
      ? [{ time: trigger.event.time, change: trigger.change }]
      : [],
  );
  const madeAt = made[0]?.time;
  if (madeAt === undefined) return {};
  const newest = new Set(made.filter(({ time }) => time === madeAt).map(({ change }) => change));
  if (newest.size !== 1) return { madeAt };
  return { madeAt, presence: newest.has('created') ? 'present' : 'absent' };
}

function writesTrust({ change }: RoleTrigger): boolean {
  return change === 'trust-policy' || change === 'created' || change === 'deleted';
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
