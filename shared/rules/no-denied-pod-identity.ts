import type { AccountView, AssociationView, ClusterView, Estate } from '../estate/estate.ts';
import type { Denials, PodIdentityDenial } from '../estate/snapshot.ts';
import { nodeControlStep, nodeStep } from '../identity/node-calls.ts';
import { agentStep } from '../identity/pod-identity-runtime.ts';
import { defineRule } from './define-rule.ts';
import { judgeAssociation } from './doors/association-failure.ts';
import { denialsOf, observing, podDenial } from './examples/denied.ts';
import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { provenanceOf, toldBy } from './observed/provenance.ts';
import { isRelevant, persistenceOf } from './observed/recency.ts';
import { clusterWhere } from './places.ts';
import { POD_IDENTITY_AGENT, POD_IDENTITY_ROLE } from './references.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown, type Verdict } from './verdict.ts';

interface Subject {
  readonly account: AccountView;
  readonly denial: PodIdentityDenial;
  readonly by: Denials;
  /** Undefined when no cluster of this name was read. */
  readonly cluster: ClusterView | undefined;
}

const REPAIRED: Partial<PodIdentityDenial> = { changed: { after: '2026-11-21T19:05:00Z' } };

/** Agents whose question for the credentials of a pod was refused: which association can it have been? */
export default defineRule<Subject, Facts>({
  number: 'PT-504',
  name: 'no-denied-pod-identity',
  kind: 'broken',
  fix: 'delegated',
  title: 'EKS refused credentials to pods with an association',
  why: 'CloudTrail recorded the refusal within the last 24 hours. It names the cluster and the role of the node alone, so every association of the cluster is judged again: one is blamed only when it is the only one that is broken.',
  remedy: 'Repair the association that the diagnosis names; where it lists several, each of them.',
  references: [POD_IDENTITY_ROLE, POD_IDENTITY_AGENT],
  examples: () => {
    const trusting = (statement: ReturnType<typeof podIdentityStatement>, changes = {}) =>
      observing(
        estateOf({
          roles: [role({ trustPolicy: trustPolicy(statement) })],
          clusters: [cluster({ autoMode: true, podIdentityAssociations: [association()] })],
        }),
        denialsOf({ pod: [podDenial(changes)] }),
      );
    const show = JSON.stringify(podDenial(), null, 2);
    return {
      fails: {
        title: 'The only association of the cluster that is broken lacks sts:TagSession',
        snapshot: trusting(podIdentityStatement({ Action: 'sts:AssumeRole' })),
        show,
      },
      passes: {
        title: 'The associations work, and one of them was changed since the refusal',
        snapshot: trusting(podIdentityStatement(), REPAIRED),
        show: JSON.stringify(podDenial(REPAIRED), null, 2),
      },
    };
  },
  needs: [],
  subjects: subjectsOf,
  where: ({ account, denial, cluster: found }) =>
    found === undefined
      ? { account: account.id, region: denial.region, cluster: denial.cluster }
      : clusterWhere(found),
  check: (subject, { estate }) => check(subject, estate),
  severity: ({ told }) => (told === true ? 'low' : 'medium'),
  message: ({ detail, code }, { denial, by }) =>
    `A node of ${denial.cluster} was refused credentials for a pod (${String(code)}; ${toldBy(by)}): ${String(detail)}`,
  consequences: ({ rule }) => (typeof rule === 'string' ? [rule] : []),
  identity: ({ nodeRole }) => [String(nodeRole ?? '')],
});

function* subjectsOf({ accounts, clusters, focused, estate }: Scope): Generator<Subject> {
  for (const account of accounts) {
    const by = account.account.observed?.denials;
    if (by === undefined) continue;
    for (const denial of by.podIdentity) {
      if (!isRelevant(denial.last, estate.snapshot.takenAt)) continue;
      const cluster = account.clusters.find(
        (one) => one.region === denial.region && one.cluster.name === denial.cluster,
      );
      if (focused && (cluster === undefined || !clusters.includes(cluster))) continue;
      yield { account, denial, by, cluster };
    }
  }
}

function check({ account, denial, by, cluster }: Subject, estate: Estate): Verdict<Facts> {
  const facts = {
    nodeRole: denial.nodeRole,
    code: denial.code,
    first: denial.first,
    last: denial.last,
    count: denial.count,
    eventId: denial.eventId,
    ...provenanceOf(by),
  };
  if (cluster === undefined) {
    const missing = account.missing('regions');
    return missing === null ? pass : unknown(missing);
  }
  const views = (cluster.cluster.podIdentityAssociations ?? []).map((association) => ({
    association,
    cluster,
  }));
  const judged = views.map((view) => ({ view, ...judgeAssociation(view, estate) }));
  const broken = judged.flatMap(({ view, failure }) => (failure === null ? [] : [{ view, failure }]));
  const open = judged.filter(({ failure, undecided }) => failure === null && undecided.length > 0);
  const missing = cluster.missing('podIdentityAssociations');
  const [first, ...more] = broken;
  if (first !== undefined && more.length === 0 && open.length === 0 && missing === null) {
    const { failure, view } = first;
    const rule = failure.explainedBy ?? failure.rule;
    return fail({
      ...facts,
      told: true,
      rule,
      detail: `of its associations only ${nameOf(view)} is broken: ${failure.detail}`,
    });
  }
  if (first !== undefined) {
    const candidates = [...broken, ...open].map(({ view }) => nameOf(view)).sort();
    return fail({
      ...facts,
      told: true,
      candidates,
      detail: `which association it was for is not recorded; ${candidates.length} can be meant: ${candidates.slice(0, 5).join(', ')}${candidates.length > 5 ? ' and others' : ''}.`,
    });
  }
  if (missing !== null) return unknown(missing);
  const undecided = open[0]?.undecided[0];
  if (undecided !== undefined) return unknown(undecided);
  return withoutBroken(denial, cluster, views, facts, estate);
}

/** No association is broken: the way to EKS Auth, something repaired since, or something that podtrust does not read. */
function withoutBroken(
  denial: PodIdentityDenial,
  cluster: ClusterView,
  views: readonly AssociationView[],
  facts: Facts,
  estate: Estate,
): Verdict<Facts> {
  const steps = [agentStep(cluster), nodeStep(cluster, estate), nodeControlStep(cluster, estate)];
  const runtime = steps.find(({ status }) => status === 'fail');
  if (runtime !== undefined)
    return fail({ ...facts, rule: runtime.rule, told: runtime.rule !== undefined, detail: runtime.detail });
  const created = views.flatMap(({ association }) => [
    association.created,
    association.modified,
    estate.roleByArn.get(association.roleArn ?? '')?.role.created,
  ]);
  switch (persistenceOf(denial, estate.snapshot.takenAt, created)) {
    case 'over':
      return pass;
    case 'open':
      return unknown({
        read: 'cloudtrail:LookupEvents',
        reason:
          'every association works as it was read, and whether one was changed since the last refusal is not known',
      });
    case 'goes-on':
      return fail({
        ...facts,
        detail: `every association would work by what podtrust reads, and was as it is when it was refused (last on ${denial.last}). What remains: a service or resource control policy of the organization, a pod that still asks for an association that is gone, or an expired token or a clock that is off.`,
      });
  }
}

const nameOf = ({ association }: AssociationView): string =>
  `${association.namespace}/${association.serviceAccount}`;
