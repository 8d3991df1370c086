import type { Account } from '../../estate/snapshot.ts';
import { observedFrom, type Source } from '../../evidence/observed.ts';
import { type Evidence, evidenceOf, merged, pairOf, refusedCallEvidence } from '../../evidence/record.ts';
import type { RefusedCall } from '../../triggers/refused-call.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { LookUpEvents } from '../cloudtrail/lookup-events.ts';
import type { Reading } from '../reading.ts';

/** What pods' sessions are recorded as. `AssumeRole` comes last: most of its events are of others. */
const EVENTS = ['AssumeRoleWithWebIdentity', 'AssumeRoleForPodIdentity', 'AssumeRole'] as const;

/** Refused calls have any name: CloudTrail is asked for its newest events without one. */
const ANY = undefined;

/** CloudTrail's event history goes back 90 days (CloudTrail user guide, "Working with CloudTrail event history"). */
const HISTORY = 90 * 86_400_000;

interface Query {
  readonly account: string;
  readonly region: string;
  readonly eventName: (typeof EVENTS)[number] | typeof ANY;
}

interface Answer {
  readonly eventName: Query['eventName'];
  readonly triggers: readonly Trigger[];
  readonly refused: readonly RefusedCall[];
  /** From when on nothing was left out. */
  readonly since: string;
  readonly gap?: string;
}

/** How a sample is taken. */
interface Sampling {
  readonly lookUp: LookUpEvents;
  readonly now: Date;
  /** Calls that pods were refused with a role that they had, too. */
  readonly accessDenied: boolean;
}

/**
 * The account with a sample of CloudTrail's event history of the regions that hold clusters: who was refused, who was
 * let in, and what they were refused then. It never says that it is complete. A question without any answer is a gap in the
 * coverage, and an account without one answer keeps no observations.
 */
export async function withSessionSample(
  account: Account,
  reading: Reading,
  sampling: Sampling,
): Promise<Account> {
  const regions = (account.regions ?? []).flatMap(({ name, clusters = [] }) =>
    clusters.length > 0 ? [name] : [],
  );
  const names = [...EVENTS, ...(sampling.accessDenied ? [ANY] : [])];
  const queries = regions.flatMap((region) => names.map((eventName) => ({ region, eventName })));
  const answers = await Promise.all(
    queries.map(({ region, eventName }) =>
      ask({ account: account.id, region, eventName }, reading, sampling),
    ),
  );
  const found = answers.filter((answer) => answer !== undefined);
  const missing = answers.length - found.length;
  const source = (of: (answer: Answer) => boolean): Source | undefined => {
    const some = found.filter(of);
    const [since] = some.map((answer) => answer.since).sort((a, b) => Date.parse(b) - Date.parse(a));
    if (since === undefined) return undefined;
    const gaps = [
      "a sample of CloudTrail's event history in the regions with clusters",
      ...(missing === 0 ? [] : [`${missing} of ${answers.length} questions were not answered`]),
      ...new Set(some.flatMap(({ gap }) => gap ?? [])),
    ];
    return { source: 'cloudtrail-sample', since, gap: gaps.join('; ') };
  };
  const sessions = source(({ eventName }) => eventName !== ANY);
  const accessDenied = source(({ eventName }) => eventName === ANY);
  if (sessions === undefined && accessDenied === undefined) return account;
  const observed = observedFrom(together(found), { denials: sessions, sessions, accessDenied });
  return { ...account, observed };
}

async function ask(query: Query, reading: Reading, { lookUp, now }: Sampling): Promise<Answer | undefined> {
  const { account, region, eventName } = query;
  const {
    triggers,
    refused,
    gap: reason,
  } = await lookUp({
    account,
    region,
    ...(eventName !== ANY && { eventName }),
  });
  const gap = eventName === 'AssumeRole' ? withoutOthers(reason) : reason;
  const place = { account, region, subject: eventName ?? 'events of any name' };
  return reading.one('cloudtrail:LookupEvents', place, async () => {
    const times = [...triggers, ...refused].map(({ event }) => event.time);
    // Most events of any name are nothing of pods: pages without any of those were an answer all the same.
    const isAnswered = times.length > 0 || (eventName === ANY && /^there are more than/.test(gap ?? ''));
    if (gap !== undefined && !isAnswered) throw new Error(gap);
    const [oldest] = times.sort((a, b) => Date.parse(a) - Date.parse(b));
    const start = new Date(now.getTime() - HISTORY).toISOString();
    const answer = { eventName, triggers, refused };
    return gap === undefined
      ? { ...answer, since: start }
      : { ...answer, since: oldest ?? now.toISOString(), gap };
  });
}

/** Roles that people and services assume are no sessions of pods: that they were not read leaves nothing out. */
function withoutOthers(gap: string | undefined): string | undefined {
  return gap?.endsWith('were not readable') === true ? undefined : gap;
}

/** One event may be in the answers to two questions. */
function together(answers: readonly Answer[]): readonly Evidence[] {
  const pairs = new Map<string, Evidence>();
  const events = new Set<string>();
  const add = (id: string, evidence: Evidence | null): void => {
    if (evidence === null || events.has(id)) return;
    events.add(id);
    const known = pairs.get(pairOf(evidence));
    pairs.set(pairOf(evidence), known === undefined ? evidence : merged(known, evidence));
  };
  for (const { triggers, refused } of answers) {
    for (const trigger of triggers)
      if (trigger.kind === 'session') add(trigger.event.id, evidenceOf(trigger, true));
    for (const call of refused) add(call.event.id, refusedCallEvidence(call));
  }
  return [...pairs.values()];
}
