import * as z from 'zod';
import {
  podIdentityDenialSchema,
  refusedCallSchema,
  sessionSchema,
  webIdentityDenialSchema,
} from '../estate/snapshot.ts';
import type { RefusedCall } from '../triggers/refused-call.ts';
import type { SessionTrigger } from '../triggers/trigger.ts';

/** What is kept of the calls of one pair of role and caller: never a token, a credential or a session's name. */
const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('web-denial'), of: webIdentityDenialSchema }),
  z.strictObject({ kind: z.literal('pod-denial'), of: podIdentityDenialSchema }),
  z.strictObject({ kind: z.literal('session'), of: sessionSchema }),
  z.strictObject({ kind: z.literal('call-denial'), of: refusedCallSchema }),
]);

export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

/** A pair as it is kept. */
export const notedSchema = z.strictObject({
  evidence: evidenceSchema,
  /** Time of the refusal that an evaluation was last asked for; absent: none was. */
  asked: z.iso.datetime({ offset: true }).optional(),
});

export type Noted = Readonly<z.infer<typeof notedSchema>>;

/** A flood of refusals of one pair is written down once in this time. */
const WRITE_MINUTES = 5;
/** A refusal that goes on is news again after this time: whether it is explained may be known by then. */
const ASK_MINUTES = 60;
const MINUTE = 60_000;

/** Names the pair: what is counted together. */
export function pairOf({ kind, of }: Evidence): string {
  switch (kind) {
    case 'web-denial':
      return JSON.stringify([kind, of.role, of.issuer ?? null, of.subject ?? null]);
    case 'pod-denial':
      return JSON.stringify([kind, of.region, of.cluster, of.nodeRole ?? null]);
    case 'session':
      return JSON.stringify([kind, of.role, of.issuer ?? of.cluster ?? null, of.subject ?? null]);
    case 'call-denial':
      return JSON.stringify([kind, of.role, of.service, of.call, of.action ?? null]);
  }
}

/** What a new pair counts against: refused calls have a share of the day of their own, so that they crowd out nothing else. */
export function shareOf({ kind, of }: Evidence): string {
  const day = dayOf(of.last);
  return kind === 'call-denial' ? `${CALLS}${day}` : day;
}

/** Begins the shares of refused calls; the day follows. */
export const CALLS = 'calls-';

/** The evidence that one call gives, or null when it gives none. Successes count only where `sessions` asks for them. */
export function evidenceOf(trigger: SessionTrigger, sessions: boolean): Evidence | null {
  const { event, failure, region, via, roleArn, issuer, subject, audience, clusterName } = trigger;
  const seen = { region, first: event.time, last: event.time };
  if (failure === undefined) {
    if (!sessions || via === 'pod-identity' || roleArn === undefined) return null;
    const name = subject ?? subjectOf(trigger);
    const mechanism = via === 'web-identity' ? ('web-identity' as const) : ('pod-identity' as const);
    const of = {
      role: roleArn,
      via: mechanism,
      ...seen,
      ...given({ issuer, subject: name, cluster: clusterName }),
    };
    return checked({ kind: 'session', of });
  }
  const refused = { ...seen, count: 1, code: failure.code, eventId: event.id };
  if (via === 'web-identity' && roleArn !== undefined)
    return checked({
      kind: 'web-denial',
      of: { role: roleArn, ...refused, ...given({ issuer, subject, audience }) },
    });
  if (via === 'pod-identity' && clusterName !== undefined)
    return checked({
      kind: 'pod-denial',
      of: { cluster: clusterName, ...refused, ...given({ nodeRole: trigger.actor.arn }) },
    });
  return null;
}

/** The evidence that a refused call gives. Null: no name that AWS could have given. */
export function refusedCallEvidence({
  event,
  roleArn,
  failure,
  via,
  action,
  policy,
  explicitDeny,
}: RefusedCall): Evidence | null {
  const { id, time, region, service, name } = event;
  const seen = { region, first: time, last: time, count: 1, code: failure.code, eventId: id };
  const reason = {
    ...given({ action, policy }),
    ...(explicitDeny !== undefined && { explicitDeny }),
  };
  return checked({
    kind: 'call-denial',
    of: { role: roleArn, via, service, call: name, ...seen, ...reason },
  });
}

function subjectOf({ namespace, serviceAccount }: SessionTrigger): string | undefined {
  return namespace === undefined || serviceAccount === undefined
    ? undefined
    : `system:serviceaccount:${namespace}:${serviceAccount}`;
}

function given<Key extends string>(
  values: Readonly<Record<Key, string | undefined>>,
): Partial<Record<Key, string>>;
function given(values: Readonly<Record<string, string | undefined>>): Partial<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Whatever is longer than a record of AWS can be is not kept. */
function checked(evidence: unknown): Evidence | null {
  return evidenceSchema.safeParse(evidence).data ?? null;
}

/** Two observations of one pair as one. Neither order nor grouping matters. */
export function merged(a: Evidence, b: Evidence): Evidence {
  const [older, newer] = isNewer(a, b) ? [b, a] : [a, b];
  const first = Date.parse(a.of.first) <= Date.parse(b.of.first) ? a.of.first : b.of.first;
  if (older.kind === 'web-denial' && newer.kind === 'web-denial')
    return { kind: newer.kind, of: { ...newer.of, first, count: older.of.count + newer.of.count } };
  if (older.kind === 'pod-denial' && newer.kind === 'pod-denial')
    return { kind: newer.kind, of: { ...newer.of, first, count: older.of.count + newer.of.count } };
  if (older.kind === 'call-denial' && newer.kind === 'call-denial')
    return { kind: newer.kind, of: { ...newer.of, first, count: older.of.count + newer.of.count } };
  return newer.kind === 'session' ? { kind: newer.kind, of: { ...newer.of, first } } : newer;
}

/** By its last time; of two at once, by what stands in them. */
function isNewer(a: Evidence, b: Evidence): boolean {
  const [at, than] = [Date.parse(a.of.last), Date.parse(b.of.last)];
  return at === than ? contentOf(a) > contentOf(b) : at > than;
}

const contentOf = ({ kind, of }: Evidence): string =>
  JSON.stringify([kind, { ...of, first: '', count: 0 }], (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );

/** Whether an observation is to be written down beside what is known, and whether it asks for an evaluation. */
export function worth(
  known: Noted | null,
  found: Evidence,
): { readonly write: boolean; readonly news: boolean } {
  const denial = found.kind !== 'session';
  if (known === null) return { write: true, news: denial };
  if (!denial) return { write: dayOf(found.of.last) > dayOf(known.evidence.of.last), news: false };
  const news = known.asked === undefined || isDue(found.of.last, known.asked);
  const since = Date.parse(found.of.last) - Date.parse(known.evidence.of.last);
  return { write: news || since >= WRITE_MINUTES * MINUTE, news };
}

/** Whether an evaluation may be asked for again. */
export function isDue(last: string, asked: string): boolean {
  return Date.parse(last) - Date.parse(asked) >= ASK_MINUTES * MINUTE;
}

/** Day of a time, UTC. */
function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
