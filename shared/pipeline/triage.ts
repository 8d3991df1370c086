import { causeOf } from '../findings/cause.ts';
import { readTrigger } from '../triggers/read-trigger.ts';
import type { RoleTrigger, Trigger } from '../triggers/trigger.ts';
import { canonicalJson } from './canonical.ts';
import { type Evaluation, evaluationName, MOST_CAUSES } from './evaluation.ts';
import { mergedRoleScope, type RoleScope, roleKey, type Scope, scopeKey, scopesOf } from './scope.ts';
import type { Telemetry } from './telemetry.ts';

/** One message of the queue. */
export interface Message {
  readonly messageId: string;
  /** An EventBridge envelope as JSON text. */
  readonly body: string;
}

/** Gives a scope's request its number: asking twice for the same events gives the same one. */
export interface ScopeRegister {
  readonly request: (scope: Scope, triggers: readonly Trigger[]) => Promise<string>;
}

/** Starts evaluations. A name that was used before is success: somebody asked for the same already. */
export interface Evaluations {
  readonly start: (evaluation: Evaluation) => Promise<'started' | 'repeated'>;
}

export interface TriagePorts {
  readonly register: ScopeRegister;
  readonly evaluations: Evaluations;
  readonly telemetry: Telemetry;
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

interface RoleRequest extends Request {
  readonly scope: RoleScope;
}

/**
 * Turns a batch of messages into the smallest set of evaluations and starts them. A message that is no CloudTrail event,
 * or whose evaluation could not be started, is handed back; it never takes the rest of the batch with it.
 */
export function triage(ports: TriagePorts) {
  return async (messages: readonly Message[]): Promise<TriageResult> => {
    const { requests, unreadable } = collapse(messages, ports.telemetry);
    const failed = [...unreadable];
    for (const request of requests) {
      try {
        await start(request, ports);
      } catch (error) {
        ports.telemetry.note('The evaluation could not be started', { scope: request.scope, error });
        failed.push(...request.messages);
      }
    }
    return { failed: [...new Set(failed)] };
  };
}

/** Groups what the messages ask for by scope. */
function collapse(messages: readonly Message[], telemetry: Telemetry) {
  const requests = new Map<string, Request>();
  const unreadable: string[] = [];
  telemetry.count('EventsReceived', messages.length);
  for (const { messageId, body } of messages) {
    const reading = readTrigger(parsed(body));
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
        const key = scopeKey(scope);
        const request = requests.get(key) ?? { scope, triggers: [], messages: [] };
        requests.set(key, request);
        request.triggers.push(reading.trigger);
        request.messages.push(messageId);
      }
    }
  }
  const merged = mergeRoles([...requests.values()]);
  telemetry.count('ScopesRequested', merged.length);
  return { requests: merged, unreadable };
}

/** One request for each role, whether its own events ask for it or those of clusters. */
function mergeRoles(requests: readonly Request[]): Request[] {
  const others: Request[] = [];
  const roles = new Map<string, [RoleRequest, ...RoleRequest[]]>();
  for (const request of requests) {
    if (!isRoleRequest(request)) {
      others.push(request);
      continue;
    }
    const same = roles.get(roleKey(request.scope));
    if (same === undefined) roles.set(roleKey(request.scope), [request]);
    else same.push(request);
  }
  const merged = [...roles.values()].map(([first, ...more]) => ({
    scope: mergedRoleScope([first.scope, ...more.map(({ scope }) => scope)]),
    triggers: [first, ...more].flatMap(({ triggers }) => triggers),
    messages: [first, ...more].flatMap(({ messages }) => messages),
  }));
  return [...merged, ...others];
}

function isRoleRequest(request: Request): request is RoleRequest {
  return request.scope.kind === 'role';
}

async function start({ scope, triggers }: Request, ports: TriagePorts): Promise<void> {
  const events = newestFirst(triggers);
  const requested = await ports.register.request(scope, events);
  const presence = expectedPresence(events, scope);
  const outcome = await ports.evaluations.start({
    name: evaluationName(scope, requested, ports.hash),
    scope,
    causes: events.slice(0, MOST_CAUSES).map(causeOf),
    events: events.length,
    expected: expectedDocuments(events, ports.hash),
    ...(presence !== undefined && { presence }),
  });
  ports.telemetry.count(outcome === 'started' ? 'EvaluationsStarted' : 'EvaluationsRepeated');
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
function expectedDocuments(events: readonly Trigger[], hash: (text: string) => string): string[] {
  const writes = events.filter((trigger) => trigger.kind === 'role').filter(writesTrust);
  const newest = writes.filter((trigger) => trigger.event.time === writes[0]?.event.time);
  const documents = newest.map((trigger) => trigger.document).filter((document) => document !== undefined);
  if (documents.length < newest.length || documents.length > MOST_CAUSES) return [];
  return [...new Set(documents.map((document) => hash(canonicalJson(document))))];
}

/** Whether the newest events that made or deleted the scope's subject left it there; nothing when they disagree. */
function expectedPresence(events: readonly Trigger[], { kind }: Scope): Evaluation['presence'] {
  const own = kind === 'issuer' ? 'provider' : 'role';
  const made = events.flatMap((trigger) =>
    trigger.kind === own && (trigger.change === 'created' || trigger.change === 'deleted')
      ? [{ time: trigger.event.time, change: trigger.change }]
      : [],
  );
  const newest = new Set(made.filter(({ time }) => time === made[0]?.time).map(({ change }) => change));
  if (newest.size !== 1) return undefined;
  return newest.has('created') ? 'present' : 'absent';
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
