/** `podtrust who-can ROLE`: everyone who can become a role, as far as AWS decides it. */
import type { Estate, RoleView } from '../estate/estate.ts';
import { admitted } from '../iam/admitted.ts';
import { type Verdict, verdictOf } from '../identity/chain.ts';
import { podIdentityChain } from '../identity/pod-identity-chain.ts';
import { targetSteps } from '../identity/target-chain.ts';
import { followed, type InCluster, unreadOf } from './who-can-kubernetes.ts';
import { principalWays } from './who-can-principals.ts';
import { webIdentityWays } from './who-can-web-identity.ts';

/** One way to become a role. */
export interface Way {
  readonly door: 'irsa' | 'pod-identity' | 'role-chain' | 'service' | 'federation' | 'everyone';
  /** Who: a subject or a pattern of subjects, a principal's ARN, a service, an account. */
  readonly who: string;
  /** What it goes through: the provider's ARN, the association's id, the roles in between. */
  readonly through: readonly string[];
  /** ARN of the cluster, where one is known. */
  readonly cluster?: string;
  /** Index of the statement of the role's trust policy that lets them in, from 0. */
  readonly statement: number | null;
  /** `broken`: the trust policy means them, and something else keeps them out. */
  readonly verdict: Verdict;
  /** Conditions that hang on more than who it is, in words. */
  readonly conditions: readonly string[];
  readonly detail: string;
  /** Who in the cluster can act as the ServiceAccount. Absent: not asked of this way, or Kubernetes was not read. */
  readonly inCluster?: InCluster;
}

/** What was not read and would add ways, or decide one. */
interface Blind {
  readonly read: string;
  readonly reason: string;
}

export interface WhoCan {
  readonly schemaVersion: 1;
  /** ARN of the role. */
  readonly role: string;
  /** False when IAM would refuse the trust policy: nobody gets in, and nothing more is said. */
  readonly valid: boolean;
  readonly ways: readonly Way[];
  readonly unknowns: readonly Blind[];
}

/** Roles that lead to roles are followed this far. */
const MOST_HOPS = 3;

/**
 * Lists everyone who can become a role: ServiceAccounts by web identity and by association, also through first roles,
 * and every other principal that its trust policy names. `roleArn` must be a role of the estate; of any other nothing is
 * known, and `unknowns` says so. Never throws.
 */
export function whoCan(estate: Estate, roleArn: string): WhoCan {
  const role = estate.roleByArn.get(roleArn);
  if (role === undefined) {
    const unknowns = [{ read: 'iam:GetAccountAuthorizationDetails', reason: `${roleArn} was not read` }];
    return { schemaVersion: 1, role: roleArn, valid: false, ways: [], unknowns };
  }
  const found = waysTo(role, estate, new Set([roleArn]), MOST_HOPS);
  const ways = distinct([...found].sort(byDoor));
  return {
    schemaVersion: 1,
    role: roleArn,
    valid: role.trust().policy !== null,
    ways: ways.map((way) => {
      const inCluster = followed(way, estate);
      return inCluster === null ? way : { ...way, inCluster };
    }),
    unknowns: [...blindSpots(role, estate), ...unfollowed(ways, estate)],
  };
}

function waysTo(role: RoleView, estate: Estate, seen: Set<string>, hops: number): Way[] {
  const { policy } = role.trust();
  if (policy === null) return [];
  const sets = admitted(policy);
  const context = { role, estate, sets };
  const ways: Way[] = [...associationWays(role, estate)];
  for (const grant of sets.grants) {
    ways.push(...webIdentityWays(grant, context));
    for (const way of principalWays(grant, context)) {
      ways.push(way);
      const first = way.door === 'role-chain' ? estate.roleByArn.get(way.who) : undefined;
      if (first === undefined || hops === 0 || seen.has(way.who)) continue;
      seen.add(way.who);
      ways.push(...waysTo(first, estate, seen, hops - 1).map((before) => joined(before, way)));
    }
  }
  return ways;
}

/** A way to the first role, and on from there. */
function joined(before: Way, last: Way): Way {
  const parts = [before.verdict, last.verdict];
  return {
    ...before,
    through: [...before.through, last.who],
    statement: last.statement,
    verdict: parts.includes('broken') ? 'broken' : parts.includes('unknown') ? 'unknown' : 'works',
    conditions: [...before.conditions, ...last.conditions],
    detail: `${before.detail} From there on as ${last.who}.`,
  };
}

/** ServiceAccounts with an association that names the role, first or as its target. */
function associationWays(role: RoleView, estate: Estate): Way[] {
  const { arn } = role.role;
  return (estate.associationsByRole.get(arn) ?? []).map((view) => {
    const { association, cluster } = view;
    const isTarget = association.targetRoleArn === arn;
    const { steps } = podIdentityChain(view, estate);
    const first = association.roleArn === undefined ? undefined : estate.roleByArn.get(association.roleArn);
    const second = isTarget && first !== undefined ? targetSteps(view, first, estate).steps : [];
    const aws = [...steps, ...second].filter(({ side }) => side === 'aws');
    const worst =
      aws.find(({ status }) => status === 'fail') ?? aws.find(({ status }) => status === 'unknown');
    const through = [
      association.id,
      ...(isTarget && association.roleArn !== undefined ? [association.roleArn] : []),
    ];
    return {
      door: 'pod-identity',
      who: `system:serviceaccount:${association.namespace}:${association.serviceAccount}`,
      through,
      cluster: cluster.cluster.arn,
      statement: null,
      verdict: verdictOf(aws),
      conditions: [],
      detail:
        worst === undefined
          ? `Pods of ${association.namespace}/${association.serviceAccount} in ${cluster.cluster.name}.`
          : worst.detail,
    };
  });
}

function blindSpots(role: RoleView, estate: Estate): Blind[] {
  const providers = role.account.missing('oidcProviders');
  const clusters = [...estate.clusters].flatMap((cluster) => {
    if (cluster.account !== role.account) return [];
    const missing = cluster.missing('podIdentityAssociations');
    return missing === null
      ? []
      : [{ read: missing.read, reason: `${cluster.cluster.name}: ${missing.reason}` }];
  });
  const regions = role.account.missing('regions');
  return [
    ...(providers === null ? [] : [providers]),
    ...(regions === null ? [] : [regions]),
    ...clusters,
  ].map(({ read, reason }) => ({ read, reason }));
}

/** Clusters whose Kubernetes API would tell who can act as the ServiceAccounts of the ways. */
function unfollowed(ways: readonly Way[], estate: Estate): Blind[] {
  const live = new Set(ways.flatMap(({ verdict, cluster }) => (verdict === 'broken' ? [] : (cluster ?? []))));
  return estate.clusters.flatMap((view) => {
    const missing = live.has(view.cluster.arn) ? unreadOf(view) : null;
    if (missing === null) return [];
    const reason = `${view.cluster.name}: who can act as its ServiceAccounts is not known: ${missing.reason}`;
    return [{ read: missing.read, reason }];
  });
}

/** An association with a target is found at the target and at the first role: one way. */
function distinct(ways: readonly Way[]): Way[] {
  return ways.filter((way, index) => {
    const before = ways[index - 1];
    return (
      before === undefined ||
      place(before) !== place(way) ||
      (before.statement !== null && before.statement !== way.statement)
    );
  });
}

function place({ door, who, through, cluster }: Way): string {
  return [door, cluster ?? '', who, through.join()].join('\n');
}

function byDoor(a: Way, b: Way): number {
  const [one, other] = [place(a), place(b)];
  if (one !== other) return one < other ? -1 : 1;
  return (a.statement ?? -1) - (b.statement ?? -1);
}
