import { type Evidence, evidenceOf, merged, pairOf, worth } from '../evidence/record.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { type Cause, causeOf } from '../findings/cause.ts';
import { roleOfArn } from '../triggers/names.ts';
import { readTrigger } from '../triggers/read-trigger.ts';
import { type Asked, type RequestPorts, requestEvaluations } from './request-evaluations.ts';
import { type Scope, scopeSchema } from './scope.ts';

interface Message {
  readonly messageId: string;
  /** An EventBridge envelope as JSON text. */
  readonly body: string;
}

export interface ObservePorts extends RequestPorts {
  readonly store: EvidenceStore;
  /** Whether an account wants to know who assumed its roles. */
  readonly keepsSessions: (account: string) => boolean;
}

interface Group {
  readonly account: string;
  readonly pair: string;
  readonly messages: string[];
  readonly eventIds: Set<string>;
  evidence: Evidence;
  cause: Cause;
}

/**
 * Writes down who was refused, and where the account wants it who was let in; a refusal that is news asks for an evaluation. A
 * message that is no CloudTrail event, or that could not be served, is handed back alone. Evaluations are asked for before the
 * refusal is written down: one that is delivered again must not find itself known and stay silent.
 */
export function observeSessions(ports: ObservePorts) {
  return async (messages: readonly Message[]): Promise<{ readonly failed: readonly string[] }> => {
    const { groups, unreadable } = collapse(messages, ports);
    const failed = new Set(unreadable);
    for (const group of groups) {
      try {
        const left = await observe(group, ports);
        for (const id of left) failed.add(id);
      } catch (error) {
        ports.telemetry.note('A session could not be written down', { account: group.account, error });
        for (const id of group.messages) failed.add(id);
      }
    }
    return { failed: [...failed] };
  };
}

function collapse(messages: readonly Message[], { telemetry, keepsSessions }: ObservePorts) {
  const groups = new Map<string, Group>();
  const unreadable: string[] = [];
  telemetry.count('EventsReceived', messages.length);
  for (const { messageId, body } of messages) {
    const reading = readTrigger(parsed(body));
    if (reading.outcome === 'unreadable') {
      unreadable.push(messageId);
      telemetry.count('EventsUnreadable');
      continue;
    }
    const trigger =
      reading.outcome === 'trigger' && reading.trigger.kind === 'session' ? reading.trigger : null;
    const evidence = trigger === null ? null : evidenceOf(trigger, keepsSessions(trigger.account));
    if (trigger === null || evidence === null) {
      telemetry.count('EventsIgnored');
      continue;
    }
    const { account } = trigger;
    const pair = pairOf(evidence);
    const key = `${account} ${pair}`;
    const known = groups.get(key);
    const group: Group = known ?? {
      account,
      pair,
      messages: [],
      eventIds: new Set(),
      evidence,
      cause: causeOf(trigger),
    };
    groups.set(key, group);
    group.messages.push(messageId);
    if (known !== undefined && !group.eventIds.has(trigger.event.id)) {
      if (evidence.of.last > group.evidence.of.last) group.cause = causeOf(trigger);
      group.evidence = merged(group.evidence, evidence);
    }
    group.eventIds.add(trigger.event.id);
  }
  return { groups: [...groups.values()], unreadable };
}

/** Returns the messages that are not done. */
async function observe(group: Group, ports: ObservePorts): Promise<readonly string[]> {
  const { account, pair, evidence } = group;
  const known = await ports.store.find(account, pair);
  const { write, news } = worth(known, evidence);
  const scope = news ? scopeOf(group) : null;
  if (scope !== null) {
    const left = await requestEvaluations([askedFor(group, scope)], ports);
    if (left.length > 0) return left;
  }
  if (!write) return [];
  const outcome = await ports.store.put(
    account,
    known === null ? evidence : merged(known, evidence),
    known === null,
  );
  if (outcome === 'full') {
    ports.telemetry.count('CoverageGaps');
    ports.telemetry.note('More pairs of roles and callers than are kept in a day', { account });
  }
  return [];
}

function askedFor({ eventIds, messages, cause }: Group, scope: Scope): Asked {
  const request = { scope, causes: [cause], events: eventIds.size, expected: [] };
  return { request, eventIds: [...eventIds], messages };
}

/** The role that was asked for, or the cluster whose agent asked. Null for a role of another account: it is read there. */
function scopeOf({ account, evidence }: Group): Scope | null {
  if (evidence.kind === 'pod-denial') {
    const { region, cluster } = evidence.of;
    return scopeSchema.safeParse({ kind: 'cluster', account, region, cluster }).data ?? null;
  }
  const role = roleOfArn(evidence.of.role);
  return role === undefined || role.account !== account
    ? null
    : (scopeSchema.safeParse({ kind: 'role', account, role: role.roleName }).data ?? null);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
