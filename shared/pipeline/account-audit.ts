import { findingOf } from '../audit/audit.ts';
import { compareFindings } from '../audit/order.ts';
import type { Estate } from '../estate/estate.ts';
import type { Cause } from '../findings/cause.ts';
import { type Doubt, doubtsOf } from '../findings/doubt.ts';
import type { Finding } from '../findings/finding.ts';
import type { ScopeAudit } from '../findings/scope-audit.ts';
import type { StoredFinding } from '../findings/stored.ts';
import { noUnjudgedChange } from '../rules/evented/no-unjudged-change.ts';
import type { Judgement } from '../rules/judge.ts';
import noDenyingControlPolicy from '../rules/no-denying-control-policy.ts';
import { belongsTo, blindness } from './judge-scope.ts';
import type { Turn } from './lane.ts';
import { MOST_CAUSES, type ScopeRequest } from './scope-request.ts';
import type { TrustChanges } from './trust-changes.ts';
import { isUnjudged, unjudgedChange, unjudgedTrust } from './unjudged-change.ts';
import { doubtsAbout, isKept, unreached } from './unreached.ts';

interface AuditInput {
  readonly turn: Pick<Turn, 'name'>;
  readonly account: string;
  readonly requests: readonly ScopeRequest[];
  readonly estate: Estate;
  readonly judgement: Judgement;
  readonly trust: TrustChanges;
  /** What the store has of the account. */
  readonly stored: readonly StoredFinding[];
  readonly hash: (text: string) => string;
}

/** What a turn says about one account: its findings, its doubts, and which events are behind which finding. */
export function accountAudit({
  turn,
  account,
  requests,
  estate,
  judgement,
  trust,
  stored,
  hash,
}: AuditInput): ScopeAudit {
  const { snapshot } = estate;
  const unjudged = requests.flatMap((request) => {
    const reason = request.scope.account === account ? blindness(snapshot, request.scope) : null;
    return reason === null ? [] : [unjudgedChange(sinceFirst(request, stored), reason, hash)];
  });
  const open = stored.map(({ finding }) => finding).filter(({ status }) => status !== 'resolved');
  const kept = unreached(open, estate);
  const judged = judgement.failures
    .filter(({ where }) => where.account === account)
    .map((failure) => findingOf(failure, hash))
    .filter((finding) => !isKept(finding, kept));
  return {
    name: `${turn.name}/${account}`,
    readAt: snapshot.takenAt,
    scope: { kind: 'account', account },
    findings: [...judged, ...unjudged, ...trust.findings].sort(compareFindings),
    doubts: [
      ...doubtsOf(account, snapshot, judgement.undecided),
      ...doubtsAboutBlindness(account, estate),
      ...doubtsAboutPolicies(open, estate),
      ...doubtsAbout(kept),
      ...trust.doubts,
    ],
    causes: [],
    causesFor: causesIn(requests, estate),
    effectFor: trust.effectFor,
  };
}

/** A change that could not be judged before, either: what was before the first of both is what will be compared. */
function sinceFirst(request: ScopeRequest, stored: readonly StoredFinding[]): ScopeRequest {
  const before = stored
    .map(({ finding }) => (isUnjudged(finding, request.scope) ? unjudgedTrust(finding)?.written : undefined))
    .find((written) => written !== undefined);
  const [firstWrittenAt] = [before, request.firstWrittenAt].filter((time) => time !== undefined).sort();
  return firstWrittenAt === undefined ? request : { ...request, firstWrittenAt };
}

/** A change that could not be judged stays untold as judged while the account, or the clusters of a region, are unread. */
function doubtsAboutBlindness(account: string, { snapshot, accounts }: Estate): readonly Doubt[] {
  const rule = noUnjudgedChange.name;
  if (blindness(snapshot, { kind: 'account', account }) !== null) return [{ rule, where: { account } }];
  const regions = accounts.get(account)?.account.regions;
  if (regions === undefined) return [{ rule, where: { account } }];
  return regions.flatMap(({ name: region, clusters }): Doubt[] => {
    if (clusters === undefined) return [{ rule, where: { account, region } }];
    return clusters
      .filter(
        (each) => blindness(snapshot, { kind: 'cluster', account, region, cluster: each.name }) !== null,
      )
      .map((each) => ({ rule, where: { account, region, cluster: each.name } }));
  });
}

/** Without the organization its policies say nothing: what they were found to refuse stays as it is. */
function doubtsAboutPolicies(open: readonly Finding[], { snapshot }: Estate): readonly Doubt[] {
  if (snapshot.organization?.controlPolicies !== undefined) return [];
  return doubtsAbout(open.filter(({ rule }) => rule === noDenyingControlPolicy.name));
}

/** The events of every request whose scope a finding lies in, the newest first; none: it was there, or came about otherwise. */
function causesIn(requests: readonly ScopeRequest[], estate: Estate): (finding: Finding) => readonly Cause[] {
  const scopes = requests.map((request) => ({ request, belongs: belongsTo(request.scope, estate) }));
  return (finding) => {
    const causes = scopes
      .filter(
        ({ request: { scope }, belongs }) =>
          isUnjudged(finding, scope) || belongs({ where: finding, evidence: finding.evidence }),
      )
      .flatMap(({ request }) => request.causes);
    const distinct = new Map(causes.map((cause) => [cause.eventId, cause]));
    return [...distinct.values()]
      .sort((a, b) => b.time.localeCompare(a.time) || (a.eventId < b.eventId ? -1 : 1))
      .slice(0, MOST_CAUSES);
  };
}
