import * as z from 'zod';
import { podIdentityDenialSchema, sessionSchema, webIdentityDenialSchema } from '../estate/snapshot.ts';
import type { SessionTrigger } from '../triggers/trigger.ts';

/** What is kept of the calls of one pair of role and caller: never a token, a credential or a session's name. */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('web-denial'), of: webIdentityDenialSchema }),
  z.strictObject({ kind: z.literal('pod-denial'), of: podIdentityDenialSchema }),
  z.strictObject({ kind: z.literal('session'), of: sessionSchema }),
]);

export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

/** A flood of refusals of one pair is written down once in this time. */
const WRITE_MINUTES = 5;
/** A refusal after a pause of this length is news again. */
const QUIET_MINUTES = 60;
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
  }
}

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

/** Two observations of one pair as one. Order does not matter. */
export function merged(a: Evidence, b: Evidence): Evidence {
  const [older, newer] = a.of.last <= b.of.last ? [a, b] : [b, a];
  const [first = newer.of.first] = [a.of.first, b.of.first].sort();
  if (older.kind === 'web-denial' && newer.kind === 'web-denial')
    return { kind: newer.kind, of: { ...newer.of, first, count: older.of.count + newer.of.count } };
  if (older.kind === 'pod-denial' && newer.kind === 'pod-denial')
    return { kind: newer.kind, of: { ...newer.of, first, count: older.of.count + newer.of.count } };
  return newer.kind === 'session' ? { kind: newer.kind, of: { ...newer.of, first } } : newer;
}

/** Whether an observation is to be written down beside what is known, and whether it asks for an evaluation. */
export function worth(
  known: Evidence | null,
  found: Evidence,
): { readonly write: boolean; readonly news: boolean } {
  const denial = found.kind !== 'session';
  if (known === null) return { write: true, news: denial };
  const since = Date.parse(found.of.last) - Date.parse(known.of.last);
  if (denial) return { write: since >= WRITE_MINUTES * MINUTE, news: since >= QUIET_MINUTES * MINUTE };
  return { write: dayOf(found.of.last) > dayOf(known.of.last), news: false };
}

/** Day of a time, UTC. */
export function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
