import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { weightOf } from './flaw.ts';
import { answerWebIdentity } from './irsa-trust.ts';
import { parseIssuer, providerArnFor } from './issuer.ts';
import { subjectNearMiss } from './near-subject.ts';
import { STS_AUDIENCE, subjectOf } from './service-account.ts';
import { trustIndex } from './trust-index.ts';
import type { TrustAnswer } from './trust-steps.ts';

/** A role that a ServiceAccount may be meant to have. */
export interface Candidate {
  readonly role: RoleView;
  /** `named`: its trust policy names the ServiceAccount; `pattern`: it admits it among others; `near`: it names a similar one. */
  readonly by: 'named' | 'pattern' | 'near';
  readonly works: boolean;
  readonly weight: number;
}

/** Statements further off than this are about something else. */
const MOST_WEIGHT = 5;
/** Similar subjects whose roles are looked at. */
const MOST_NEAR = 3;

/**
 * Roles that a ServiceAccount may be meant to have, likeliest first: those that name it and admit it, those that admit it
 * by a pattern, those that name it and refuse it; those that name a similar one, where none names it. Found by index.
 */
export function roleCandidates(
  cluster: ClusterView,
  namespace: string,
  serviceAccount: string,
  estate: Estate,
): Candidate[] {
  if (cluster.issuerKey === null) return [];
  const index = trustIndex(estate);
  const subject = subjectOf(namespace, serviceAccount);
  const issuer = cluster.issuerKey.toLowerCase();
  const found = new Map<RoleView, Candidate>();
  const consider = (role: RoleView, by: Candidate['by']) => {
    if (found.has(role)) return;
    const candidate = weigh(role, by, cluster, subject, estate);
    if (candidate !== null) found.set(role, candidate);
  };
  for (const role of index.bySubject.get(subject) ?? []) consider(role, 'named');
  for (const role of index.patternsByIssuer.get(issuer) ?? []) consider(role, 'pattern');
  for (const role of index.forEveryone) consider(role, 'pattern');
  const candidates = [...found.values()].filter(({ by, works }) => by === 'named' || works);
  candidates.sort((a, b) => rank(a) - rank(b) || compareArns(a, b));
  if (candidates.some(({ by }) => by === 'named')) return candidates;
  for (const similar of similarSubjects(
    index.subjectsByIssuer.get(issuer) ?? [],
    namespace,
    serviceAccount,
  )) {
    for (const role of index.bySubject.get(similar) ?? []) consider(role, 'near');
  }
  const near = [...found.values()].filter(({ by }) => by === 'near');
  return [...candidates, ...near.sort((a, b) => a.weight - b.weight || compareArns(a, b))];
}

function rank({ works, by, weight }: Candidate): number {
  if (works) return by === 'named' ? 0 : 1;
  return 2 + weight;
}

function compareArns(a: Candidate, b: Candidate): number {
  return a.role.role.arn < b.role.role.arn ? -1 : 1;
}

function similarSubjects(subjects: Iterable<string>, namespace: string, serviceAccount: string): string[] {
  return [...subjects]
    .flatMap((subject) => {
      const miss = subjectNearMiss(subject, { namespace, serviceAccount });
      return miss === null ? [] : [{ subject, distance: miss.distance }];
    })
    .sort((a, b) => a.distance - b.distance || (a.subject < b.subject ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map(({ subject }) => subject);
}

function weigh(
  role: RoleView,
  by: Candidate['by'],
  cluster: ClusterView,
  subject: string,
  estate: Estate,
): Candidate | null {
  const issuer = parseIssuer(cluster.issuerKey ?? '');
  const { account } = role;
  const provider = providerArnFor(account.partition, account.id, issuer.key);
  const accepted = account.providersByArn.get(provider)?.clientIds ?? [];
  const audiences = [STS_AUDIENCE, ...accepted.filter((audience) => audience !== STS_AUDIENCE)];
  let nearest: Candidate | null = null;
  for (const audience of audiences) {
    const answer = answerWebIdentity(role, { provider, issuer, subject, audience }, estate);
    const works = answer?.outcome === 'allowed' || answer?.outcome === 'undecided';
    const weight = works ? 0 : refusalWeight(answer);
    if (works) return { role, by, works, weight };
    if (weight <= MOST_WEIGHT + (by === 'near' ? MOST_NEAR : 0) && nearest === null)
      nearest = { role, by, works, weight };
  }
  return nearest;
}

function refusalWeight(answer: TrustAnswer | null): number {
  if (answer === null) return 1;
  if (answer.nearest === null) return Number.POSITIVE_INFINITY;
  return weightOf(answer.nearest) + (answer.denied === null ? 0 : 1);
}
