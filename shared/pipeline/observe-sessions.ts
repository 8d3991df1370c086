import {
  type Evidence,
  evidenceOf,
  isDue,
  merged,
  type Noted,
  pairOf,
  refusedCallEvidence,
  shareOf,
  worth,
} from '../evidence/record.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { type Cause, causeOf } from '../findings/cause.ts';
import { roleOfArn } from '../triggers/names.ts';
import { readTrigger } from '../triggers/read-trigger.ts';
import { readRefusedCall } from '../triggers/refused-call.ts';
import type { TriggerFrame } from '../triggers/trigger.ts';
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
  /** Whether it wants to know what pods with its roles were refused. */
  readonly keepsAccessDenied: (account: string) => boolean;
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
 * Writes down who was refused, and where the account wants it who was let in and what they were refused then; a refusal that is news asks for an evaluation. A
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

function collapse(messages: readonly Message[], ports: ObservePorts) {
  const { telemetry } = ports;
  const groups = new Map<string, Group>();
  const unreadable: string[] = [];
  telemetry.count('EventsReceived', messages.length);
  for (const { messageId, body } of messages) {
    const observation = observationOf(parsed(body), ports);
    if (observation === 'unreadable') {
      unreadable.push(messageId);
      telemetry.count('EventsUnreadable');
      continue;
    }
    if (observation === null) {
      telemetry.count('EventsIgnored');
      continue;
    }
    const { account, evidence, frame } = observation;
    const pair = pairOf(evidence);
    const key = `${account} ${pair}`;
    const known = groups.get(key);
    const group: Group = known ?? {
      account,
      pair,
      messages: [],
      eventIds: new Set(),
      evidence,
      cause: causeOf(frame),
    };
    groups.set(key, group);
    group.messages.push(messageId);
    if (known !== undefined && !group.eventIds.has(frame.event.id)) {
      if (evidence.of.last > group.evidence.of.last) group.cause = causeOf(frame);
      group.evidence = merged(group.evidence, evidence);
    }
    group.eventIds.add(frame.event.id);
  }
  return { groups: [...groups.values()], unreadable };
}

interface Observation {
  /** The account of the role. */
  readonly account: string;
  readonly evidence: Evidence;
  readonly frame: TriggerFrame;
}

/** What an event shows of a pod; null: nothing that its account wants to have kept. */
function observationOf(
  envelope: unknown,
  { keepsSessions, keepsAccessDenied }: ObservePorts,
): Observation | 'unreadable' | null {
  const reading = readTrigger(envelope);
  if (reading.outcome === 'unreadable') return 'unreadable';
  if (reading.outcome === 'trigger' && reading.trigger.kind === 'session') {
    const frame = reading.trigger;
    const account = accountOf(frame);
    const evidence = evidenceOf(frame, keepsSessions(account));
    if (evidence !== null) return { account, evidence, frame };
  }
  const frame = readRefusedCall(envelope);
  if (frame === null || !keepsAccessDenied(accountOf(frame))) return null;
  const evidence = refusedCallEvidence(frame);
  return evidence === null ? null : { account: accountOf(frame), evidence, frame };
}

/** How often somebody else may have written a pair between reading and writing it, before the messages are handed back. */
const MOST_TRIES = 5;

/** Returns the messages that are not done. */
async function observe(group: Group, ports: ObservePorts): Promise<readonly string[]> {
  const { account, pair, evidence } = group;
  const { store } = ports;
  const { last } = evidence.of;
  let asked: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const known = await store.find(account, pair);
    if (known === null && (await store.day(account, shareOf(evidence))).full) return beyond(group, ports);
    const { write, news } = worth(known, evidence);
    if (!write) return [];
    if (news && asked === undefined) {
      const left = await ask(group, scopeOf(group), ports);
      if (left.length > 0) return left;
      asked = last;
    }
    const outcome = await store.put(account, notedWith(known, evidence, asked), known?.revision ?? null);
    if (outcome === 'written') return [];
    if (outcome === 'full') return beyond(group, ports);
  }
  return group.messages;
}

function notedWith(known: Noted | null, evidence: Evidence, asked: string | undefined): Noted {
  const latest = asked ?? known?.asked;
  return {
    evidence: known === null ? evidence : merged(known.evidence, evidence),
    ...(latest === undefined ? {} : { asked: latest }),
  };
}

/** One of the pairs that are not kept any more that day: for all of them the account is judged at most once an hour. */
async function beyond(group: Group, ports: ObservePorts): Promise<readonly string[]> {
  const { account, evidence } = group;
  const { last } = evidence.of;
  const day = await ports.store.day(account, shareOf(evidence));
  const due = evidence.kind !== 'session' && (day.asked === null || isDue(last, day.asked));
  if (due) {
    const left = await ask(group, scopeSchema.safeParse({ kind: 'account', account }).data ?? null, ports);
    if (left.length > 0) return left;
  }
  await ports.store.markFull(account, shareOf(evidence), due ? last : null);
  ports.telemetry.count('CoverageGaps');
  ports.telemetry.note('More pairs of roles and callers than are kept in a day', { account });
  return [];
}

async function ask(group: Group, scope: Scope | null, ports: ObservePorts): Promise<readonly string[]> {
  return scope === null ? [] : requestEvaluations([askedFor(group, scope)], ports);
}

function askedFor({ eventIds, messages, cause }: Group, scope: Scope): Asked {
  const request = { scope, causes: [cause], events: eventIds.size, expected: [] };
  return { request, eventIds: [...eventIds], messages };
}

/** The account of the role where the call names one: it is judged there. */
function accountOf({ account, roleArn }: { readonly account: string; readonly roleArn?: string }): string {
  return (roleArn === undefined ? undefined : roleOfArn(roleArn))?.account ?? account;
}

/** The role that was asked for, or the cluster whose agent asked. Null: no name that AWS could have given. */
function scopeOf({ account, evidence }: Group): Scope | null {
  if (evidence.kind === 'pod-denial') {
    const { region, cluster } = evidence.of;
    return scopeSchema.safeParse({ kind: 'cluster', account, region, cluster }).data ?? null;
  }
  const role = roleOfArn(evidence.of.role);
  return role === undefined
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
