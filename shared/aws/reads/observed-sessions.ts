import type { Account } from '../../estate/snapshot.ts';
import { observedFrom } from '../../evidence/observed.ts';
import { type Evidence, evidenceOf, merged, pairOf } from '../../evidence/record.ts';
import type { LookUp } from '../../findings/cause-lookup.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { Reading } from '../reading.ts';

/** What pods' sessions are recorded as. `AssumeRole` comes last: most of its events are of others. */
const EVENTS = ['AssumeRoleWithWebIdentity', 'AssumeRoleForPodIdentity', 'AssumeRole'] as const;

/** CloudTrail's event history goes back 90 days (CloudTrail user guide, "Working with CloudTrail event history"). */
const HISTORY = 90 * 86_400_000;

interface Answer {
  readonly triggers: readonly Trigger[];
  /** From when on nothing was left out. */
  readonly since: string;
  readonly gap?: string;
}

/**
 * The account with a sample of CloudTrail's event history of the regions that hold clusters: who was refused, who was
 * let in. It never says that it is complete. A question without any answer is a gap in the coverage, and an account
 * without one answer keeps no observations.
 */
export async function withSessionSample(
  account: Account,
  reading: Reading,
  lookUp: LookUp,
  now: Date,
): Promise<Account> {
  const regions = (account.regions ?? []).flatMap(({ name, clusters = [] }) =>
    clusters.length > 0 ? [name] : [],
  );
  const queries = regions.flatMap((region) => EVENTS.map((eventName) => ({ region, eventName })));
  const answers = await Promise.all(
    queries.map(({ region, eventName }) =>
      ask({ account: account.id, region, eventName }, reading, lookUp, now),
    ),
  );
  const found = answers.filter((answer) => answer !== undefined);
  const [since] = found.map((answer) => answer.since).sort((a, b) => Date.parse(b) - Date.parse(a));
  if (since === undefined) return account;
  const missing = answers.length - found.length;
  const gaps = [
    "a sample of CloudTrail's event history in the regions with clusters",
    ...(missing === 0 ? [] : [`${missing} of ${answers.length} questions were not answered`]),
    ...new Set(found.flatMap(({ gap }) => gap ?? [])),
  ];
  const evidence = together(found.flatMap(({ triggers }) => triggers));
  const source = { source: 'cloudtrail-sample' as const, since, gap: gaps.join('; ') };
  return { ...account, observed: observedFrom(evidence, { denials: source, sessions: source }) };
}

async function ask(
  query: { readonly account: string; readonly region: string; readonly eventName: string },
  reading: Reading,
  lookUp: LookUp,
  now: Date,
): Promise<Answer | undefined> {
  const { triggers, gap: reason } = await lookUp(query);
  const gap = query.eventName === 'AssumeRole' ? withoutOthers(reason) : reason;
  const place = { account: query.account, region: query.region, subject: query.eventName };
  return reading.one('cloudtrail:LookupEvents', place, async () => {
    if (triggers.length === 0 && gap !== undefined) throw new Error(gap);
    const [oldest] = triggers.map(({ event }) => event.time).sort((a, b) => Date.parse(a) - Date.parse(b));
    const start = new Date(now.getTime() - HISTORY).toISOString();
    return gap === undefined ? { triggers, since: start } : { triggers, since: oldest ?? start, gap };
  });
}

/** Roles that people and services assume are no sessions of pods: that they were not read leaves nothing out. */
function withoutOthers(gap: string | undefined): string | undefined {
  return gap?.endsWith('were not readable') === true ? undefined : gap;
}

function together(triggers: readonly Trigger[]): readonly Evidence[] {
  const pairs = new Map<string, Evidence>();
  const events = new Set<string>();
  for (const trigger of triggers) {
    const evidence = trigger.kind === 'session' ? evidenceOf(trigger, true) : null;
    if (evidence === null || events.has(trigger.event.id)) continue;
    events.add(trigger.event.id);
    const known = pairs.get(pairOf(evidence));
    pairs.set(pairOf(evidence), known === undefined ? evidence : merged(known, evidence));
  }
  return [...pairs.values()];
}
