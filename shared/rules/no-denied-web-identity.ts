import type { AccountView, ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { Denials, WebIdentityDenial } from '../estate/snapshot.ts';
import { type Step, verdictOf } from '../identity/chain.ts';
import { rankOf } from '../identity/fault.ts';
import { irsaChain } from '../identity/irsa-chain.ts';
import { parseIssuer, providerArnFor } from '../identity/issuer.ts';
import { looksLikeEks } from '../identity/issuer-standing.ts';
import { roleStanding } from '../identity/role-standing.ts';
import { parseSubject, type ServiceAccount } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { diagnosedFaults, faultsUnder } from './diagnosed.ts';
import { deniedExample } from './examples/denied.ts';
import { provenanceOf, readOf, toldBy } from './observed/provenance.ts';
import { isRelevant, persistenceOf } from './observed/recency.ts';
import { clusterWhere } from './places.ts';
import { IRSA, IRSA_ROLE } from './references.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown, type Verdict } from './verdict.ts';

interface Denied {
  readonly kind: 'denial';
  readonly account: AccountView;
  readonly denial: WebIdentityDenial;
  readonly by: Denials;
}

type Subject = Denied | { readonly kind: 'source'; readonly account: AccountView; readonly denials: Denials };

/** Pods that asked for a role by a web identity and were refused: why, by the state that was read. */
export default defineRule<Subject, Facts>({
  number: 'PT-503',
  name: 'no-denied-web-identity',
  kind: 'broken',
  fix: 'delegated',
  title: 'A pod was refused the role that it asked for',
  why: 'CloudTrail recorded the refusal within the last 24 hours, and what the record says of its cause is no more than that: the cause is found by following the chain from ServiceAccount to role in the state that was read.',
  remedy:
    'Repair what the diagnosis names. Where the trust policy simply does not name the ServiceAccount, decide first whether it is meant to have the role.',
  references: [IRSA, IRSA_ROLE],
  examples: () => ({
    fails: deniedExample(
      'The pods of another ServiceAccount than the trusted one ask for the role',
      'worker',
    ),
    passes: deniedExample(
      'The trusted ServiceAccount was refused hours ago, and the trust policy was changed since',
      'checkout',
      { changed: { after: '2026-11-21T19:05:00Z' } },
    ),
  }),
  needs: [],
  subjects: subjectsOf,
  where: (subject) => whereOf(subject),
  check: (subject, { estate }) =>
    subject.kind === 'source' ? checkSource(subject.denials) : checkDenial(subject, estate),
  severity: ({ cause }) => (cause === 'not-named' || cause === 'outside' ? 'low' : 'medium'),
  message: ({ detail, subject: pod }, subject) =>
    `${String(pod)} was refused (${toldBy(sourceOf(subject))}): ${String(detail)}`,
  consequences: ({ rule }) => (typeof rule === 'string' ? [rule] : []),
  identity: ({ subject, issuer, role }) => [String(role), String(issuer ?? ''), String(subject)],
});

function* subjectsOf({ accounts, roles, focused, estate }: Scope): Generator<Subject> {
  const names = new Set(roles.map(({ role }) => role.arn));
  for (const account of accounts) {
    const denials = account.account.observed?.denials;
    if (denials === undefined) continue;
    if (!focused) yield { kind: 'source', account, denials };
    for (const denial of denials.webIdentity) {
      if (focused && !names.has(denial.role)) continue;
      if (!isRelevant(denial.last, estate.snapshot.takenAt) || isOfOthers(denial, estate)) continue;
      yield { kind: 'denial', account, denial, by: denials };
    }
  }
}

/** A source that leaves something out never says that nobody was refused. */
function checkSource(denials: Denials): Verdict<Facts> {
  if (denials.complete) return pass;
  const what = `who was refused is known in part only, from ${toldBy(denials)}`;
  return unknown({
    read: readOf(denials),
    reason: denials.gap === undefined ? what : `${what}: ${denials.gap}`,
  });
}

const sourceOf = (subject: Subject): Denials => (subject.kind === 'source' ? subject.denials : subject.by);

/** GitHub and others: issuers that are no cluster's. */
function isOfOthers({ issuer }: WebIdentityDenial, estate: Estate): boolean {
  return (
    issuer !== undefined &&
    !looksLikeEks(parseIssuer(issuer)) &&
    !estate.clustersByIssuer.has(parseIssuer(issuer).key)
  );
}

function checkDenial(denied: Denied, estate: Estate): Verdict<Facts> {
  const { denial, by } = denied;
  const { role: arn, issuer, subject } = denial;
  const facts = {
    role: arn,
    issuer,
    subject: subject ?? 'a pod that the record does not name',
    ...provenanceOf(by),
    first: denial.first,
    last: denial.last,
    count: denial.count,
    code: denial.code,
    eventId: denial.eventId,
  };
  const standing = roleStanding(arn, estate);
  if (standing.kind === 'unread') return unknown(standing.missing);
  if (standing.kind === 'absent')
    return fail({ ...facts, cause: 'role', detail: `${arn} does not exist.${standing.near}` });
  const cluster = clusterOf(denied, standing.role, estate);
  if (cluster === 'outside')
    return fail({
      ...facts,
      cause: 'outside',
      detail: `its token comes from ${issuer ?? ''}, the issuer of no cluster of the organization.`,
    });
  if ('read' in cluster) return unknown(cluster);
  const pod = subject === undefined ? null : parseSubject(subject);
  if (pod === null)
    return unknown({
      read: 'cloudtrail:LookupEvents',
      reason: 'the record of the refusal names no ServiceAccount',
    });
  const { steps } = irsaChain(
    {
      cluster,
      role: standing.role,
      ...pod,
      ...(denial.audience === undefined ? {} : { audience: denial.audience }),
    },
    estate,
  );
  switch (verdictOf(steps)) {
    case 'broken':
      return isTold(steps, standing.role, cluster, pod, estate)
        ? pass
        : fail({ ...facts, ...causeOf(steps) });
    case 'unknown':
      return unknown({
        read: 'cloudtrail:LookupEvents',
        reason: steps.find(({ status }) => status === 'unknown')?.detail ?? '',
      });
    case 'works':
      return persisting(denial, standing.role, cluster, facts, estate);
  }
}

/** The cluster whose token it was: by the issuer, else the only one that can be meant. */
function clusterOf(
  { denial, account }: Denied,
  role: RoleView,
  estate: Estate,
): ClusterView | 'outside' | { readonly read: string; readonly reason: string } {
  if (denial.issuer !== undefined) {
    const [found] = estate.clustersByIssuer.get(parseIssuer(denial.issuer).key) ?? [];
    if (found !== undefined) return found;
    if (estate.seesEveryCluster()) return 'outside';
    return {
      read: 'eks:ListClusters',
      reason: `whether a cluster has the issuer ${denial.issuer} is not known`,
    };
  }
  const text = role.role.trustPolicy.toLowerCase();
  const trusted = estate.clusters.filter(
    ({ issuerKey }) => issuerKey !== null && text.includes(issuerKey.toLowerCase()),
  );
  const near = account.clusters.filter(({ region }) => region === denial.region);
  const [only, ...others] = trusted.length > 0 ? trusted : near;
  if (only !== undefined && others.length === 0 && estate.seesEveryCluster()) return only;
  return {
    read: 'cloudtrail:LookupEvents',
    reason: 'the record of the refusal does not say whose cluster the token is of',
  };
}

function rootOf(steps: readonly Step[]): Step | undefined {
  const failed = steps.filter(({ status }) => status === 'fail');
  return failed.sort((a, b) => rankOf(a.rule ?? '') - rankOf(b.rule ?? ''))[0];
}

/** One mistake, one finding: whether a rule about the role names the cause of this very refusal already. */
function isTold(
  steps: readonly Step[],
  role: RoleView,
  cluster: ClusterView,
  pod: ServiceAccount,
  estate: Estate,
): boolean {
  const root = rootOf(steps);
  const named = root?.rule !== undefined && root.rule !== 'no-untrusted-service-account';
  return diagnosedFaults(role, estate).some((rule) =>
    faultsUnder(rule, role, estate).some((fault) => {
      if (fault.cluster !== undefined && fault.cluster !== cluster) return false;
      if (named) return rule === root.rule;
      // A statement for this very ServiceAccount that cannot admit it: of a former cluster, for instance.
      return fault.namespace === pod.namespace && fault.serviceAccount === pod.serviceAccount;
    }),
  );
}

function causeOf(steps: readonly Step[]): Facts {
  const root = rootOf(steps);
  const notNamed = root?.rule === 'no-untrusted-service-account';
  return {
    cause: notNamed ? 'not-named' : 'broken',
    check: root?.check,
    rule: notNamed ? undefined : root?.rule,
    detail: root?.detail,
  };
}

/** The caller would be let in now: over, or something that podtrust does not read stands in the way. */
function persisting(
  denial: WebIdentityDenial,
  role: RoleView,
  cluster: ClusterView,
  facts: Facts,
  estate: Estate,
): Verdict<Facts> {
  const { account } = role;
  const arn = providerArnFor(account.partition, account.id, cluster.issuerKey ?? '');
  const created = [role.role.created, account.providersByArn.get(arn)?.created];
  switch (persistenceOf(denial, estate.snapshot.takenAt, created)) {
    case 'over':
      return pass;
    case 'open':
      return unknown({
        read: 'cloudtrail:LookupEvents',
        reason:
          'the chain works as it was read, and whether it was repaired since the last refusal is not known',
      });
    case 'goes-on':
      return fail({
        ...facts,
        cause: 'unexplained',
        detail: `everything that podtrust reads would let it in, and was as it is when it was refused (${denial.code}, last on ${denial.last}). What remains: a service or resource control policy of the organization, an expired token or a clock that is off, a token with another audience than the one that was judged, or an STS endpoint in a disabled region.`,
      });
  }
}

function whereOf(subject: Subject) {
  const { account } = subject;
  if (subject.kind === 'source') return { account: account.id };
  const { role, issuer, subject: name } = subject.denial;
  const pod = name === undefined ? null : parseSubject(name);
  const cluster = account.clusters.find(
    ({ issuerKey }) => issuer !== undefined && issuerKey === parseIssuer(issuer).key,
  );
  return { ...(cluster === undefined ? {} : clusterWhere(cluster)), ...pod, account: account.id, role };
}
