import type { Rehearsal } from '../../changes/proof.ts';
import type { AssociationView, Estate, RoleView } from '../../estate/estate.ts';
import type { Session } from '../../estate/snapshot.ts';
import { type CompiledPolicy, compile } from '../../iam/compile.ts';
import { decide, type Outcome } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Request } from '../../iam/request.ts';
import { podIdentityRequests, webIdentityRequest } from '../../iam/requests.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { providerArnFor } from '../../identity/issuer.ts';
import { parseSubject, STS_AUDIENCE } from '../../identity/service-account.ts';

/** Sessions older than this say nothing about who needs a role. */
export const DAYS = 90;
const DAY = 86_400_000;
const MOST_BROKEN = 100;

/** What replaying the observed sessions of a role shows, and which of them could not be replayed. */
export interface Replay {
  readonly rehearsal: Rehearsal;
  readonly open: readonly string[];
}

/** Nothing was observed, or nothing that was observed can tell. */
export const NO_REHEARSAL: Rehearsal = { source: 'none', complete: false, sessions: 0, broken: [] };

/**
 * Replays the sessions that a role served in the last 90 days against its trust policy after a change, without those of
 * callers that are known to come another way since.
 */
export function rehearse(
  role: RoleView,
  after: string,
  estate: Estate,
  now: string,
  isMoved: (session: Session) => boolean = () => false,
): Replay {
  const sessions = role.account.account.observed?.sessions;
  if (sessions === undefined) return { rehearsal: NO_REHEARSAL, open: [] };
  const { compiled } = role.trust();
  const { policy } = parsePolicy(after, 'trust');
  const horizon = Date.parse(now) - DAYS * DAY;
  const own = sessions.seen.filter(
    (one) => one.role === role.role.arn && Date.parse(one.last) >= horizon && !isMoved(one),
  );
  const outcomes = own.map((session) => ({
    session,
    outcome:
      policy === null || compiled === null
        ? 'open'
        : replay(session, role, estate, compiled, compile(policy)),
  }));
  const named = (outcome: string) =>
    outcomes.filter((one) => one.outcome === outcome).map(({ session }) => sessionWords(session));
  return {
    rehearsal: {
      source: sessions.source,
      since: sessions.since,
      complete: sessions.complete,
      sessions: own.length,
      broken: named('broken').slice(0, MOST_BROKEN),
    },
    open: named('open').map(
      (words) => `Whether ${words} keeps its access is not known: the session lacks what tells.`,
    ),
  };
}

type Fate = 'kept' | 'broken' | 'open';

function replay(
  session: Session,
  role: RoleView,
  estate: Estate,
  before: CompiledPolicy,
  after: CompiledPolicy,
): Fate {
  const ways =
    session.via === 'web-identity' ? webRequests(session, role) : podRequests(session, role, estate);
  if (ways.length === 0) return 'open';
  const open = ways.filter((requests) => outcomeOf(before, requests) !== 'denied');
  // Whoever is kept out already loses nothing by the change.
  if (open.length === 0) return 'kept';
  const later = open.map((requests) => outcomeOf(after, requests));
  if (later.every((outcome) => outcome === 'denied')) return 'broken';
  return later.every((outcome) => outcome === 'allowed') ? 'kept' : 'open';
}

function outcomeOf(policy: CompiledPolicy, requests: readonly Request[]): Outcome {
  const outcomes = requests.map((request) => decide(policy, request));
  if (outcomes.includes('denied')) return 'denied';
  return outcomes.includes('undecided') ? 'undecided' : 'allowed';
}

/** One way for each audience that the provider takes: records do not keep which one the token had. */
function webRequests({ issuer, subject, region }: Session, { role, account }: RoleView): Request[][] {
  if (issuer === undefined || subject === undefined) return [];
  const provider = providerArnFor(account.partition, account.id, issuer);
  const audiences = account.providersByArn.get(provider)?.clientIds ?? [STS_AUDIENCE];
  return audiences.map((audience) => [
    webIdentityRequest({
      provider,
      issuerKey: issuer,
      subject,
      audience,
      roleArn: role.arn,
      region,
      at: account.takenAt,
    }),
  ]);
}

function podRequests(session: Session, { role, account }: RoleView, estate: Estate): Request[][] {
  const named = session.subject === undefined ? null : parseSubject(session.subject);
  const of = (clusterArn: string, name: { namespace: string; serviceAccount: string }, tags: boolean) => {
    const { assume, tagSession } = podIdentityRequests({
      clusterArn,
      account: account.id,
      ...name,
      tags,
      roleArn: role.arn,
      at: account.takenAt,
    });
    return tagSession === null ? [assume] : [assume, tagSession];
  };
  if (named !== null && session.cluster !== undefined) {
    const arn = `arn:${account.partition}:eks:${session.region}:${account.id}:cluster/${session.cluster}`;
    return [of(arn, named, true)];
  }
  return associations(role.arn, estate).map(({ association, cluster }) =>
    of(cluster.cluster.arn, association, hasSessionTags(association)),
  );
}

function associations(arn: string, estate: Estate): readonly AssociationView[] {
  return (estate.associationsByRole.get(arn) ?? []).filter(({ association }) => association.roleArn === arn);
}

/** One observed session, in words. */
export function sessionWords({ via, subject, issuer, cluster, region, last }: Session): string {
  const from = cluster ?? issuer;
  return `${subject ?? `an unnamed ${via} session`}${from === undefined ? '' : ` of ${from}`} in ${region}, last seen ${last}`.slice(
    0,
    900,
  );
}
