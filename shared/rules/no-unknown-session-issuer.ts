import type { AccountView, Estate } from '../estate/estate.ts';
import type { Session, Sessions } from '../estate/snapshot.ts';
import { parseIssuer } from '../identity/issuer.ts';
import { looksLikeEks } from '../identity/issuer-standing.ts';
import { defineRule } from './define-rule.ts';
import { sessionExample } from './examples/denied.ts';
import { ELSEWHERE, ISSUER } from './examples/estate.ts';
import { provenanceOf, toldBy } from './observed/provenance.ts';
import { isRelevant } from './observed/recency.ts';
import { BEST_PRACTICES, IRSA } from './references.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown, type Verdict } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

interface Subject {
  readonly account: AccountView;
  readonly session: Session;
  readonly by: Sessions;
}

/** Roles that somebody assumed with a token of an EKS issuer that is no cluster of the estate. */
export default defineRule<Subject, Facts>({
  number: 'PT-506',
  name: 'no-unknown-session-issuer',
  kind: 'open',
  fix: 'manual',
  title: 'A role was assumed from a cluster outside the organization',
  why: 'Not only does the role trust a cluster that nobody in the organization has: within the last 24 hours somebody used it from there.',
  remedy:
    'Find out whose cluster it is. Unless it is meant to have access, remove the statement from the trust policy, and revoke the sessions of the role.',
  references: [IRSA, BEST_PRACTICES],
  examples: () => ({
    fails: sessionExample('The token came from a cluster that none of the organization is', ELSEWHERE),
    passes: sessionExample('The token came from a cluster of the organization', ISSUER),
  }),
  needs: [],
  subjects: subjectsOf,
  where: ({ account, session }) => ({ account: account.id, role: session.role }),
  check: (subject, { estate }) => check(subject, estate),
  severity: (_, { account, session }) => weighted('few', gradeOf(account, session)),
  message: ({ issuer, subject, last }, { account, session, by }) =>
    `${session.role} was assumed by ${String(subject)} with a token of ${String(issuer)}, the issuer of no cluster of the organization, last on ${String(last)} (${toldBy(by)}); ${leadsTo(gradeOf(account, session))}.`,
  identity: ({ issuer }) => [String(issuer)],
});

/** One for each role and issuer: the session that was seen last. */
function* subjectsOf({ accounts, roles, focused }: Scope): Generator<Subject> {
  const names = new Set(roles.map(({ role }) => role.arn));
  for (const account of accounts) {
    const sessions = account.account.observed?.sessions;
    if (sessions === undefined) continue;
    const newest = new Map<string, Session>();
    for (const session of sessions.seen) {
      if (!isOfEks(session) || (focused && !names.has(session.role))) continue;
      const key = JSON.stringify([session.role, session.issuer]);
      const known = newest.get(key);
      if (known === undefined || Date.parse(known.last) < Date.parse(session.last)) newest.set(key, session);
    }
    for (const session of newest.values()) yield { account, session, by: sessions };
  }
}

function isOfEks({ issuer }: Session): boolean {
  return issuer !== undefined && looksLikeEks(parseIssuer(issuer));
}

function check({ account, session, by }: Subject, estate: Estate): Verdict<Facts> {
  const { issuer = '', subject = 'somebody', first, last } = session;
  if (estate.clustersByIssuer.has(parseIssuer(issuer).key)) return pass;
  if (!estate.seesEveryCluster())
    return unknown({
      read: 'eks:ListClusters',
      reason:
        'whether a cluster has the issuer of a session is known only when every account and region of the organization was read',
    });
  if (!isRelevant(last, estate.snapshot.takenAt))
    return unknown({
      read: 'cloudtrail:LookupEvents',
      reason: 'the cluster that a session of more than a day ago came from may have been deleted since',
    });
  const role = account.roles.find((one) => one.role.arn === session.role);
  const privileges = role === undefined ? {} : privilegeFacts(role);
  return fail({ issuer, subject, first, last, ...provenanceOf(by), ...privileges });
}

/** The role's grade; that of one that was not read is not known. */
function gradeOf(account: AccountView, session: Session) {
  return account.roles.find(({ role }) => role.arn === session.role)?.privileges().grade ?? 'unknown';
}
