/** The way on from a ServiceAccount: who in its cluster can act as it. */
import type { ClusterView, Estate } from '../estate/estate.ts';
import { globMatcher } from '../iam/glob.ts';
import type { Surface } from '../identity/access/ways.ts';
import { hasWildcard, parseSubject } from '../identity/service-account.ts';
import { type Authorizer, buildAuthorizer, subjectKey } from '../kubernetes/rbac/authorizer.ts';
import type { MeansName } from '../kubernetes/rbac/means.ts';
import { type Reach, type Takeover, takeoverOf } from '../kubernetes/rbac/takeover.ts';
import type { Way } from './who-can.ts';
import { entrantsOf } from './who-can-entrants.ts';

/** Somebody in the cluster who can act as ServiceAccounts of a way. */
interface Holder {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
  readonly means: MeansName;
  /** The binding that gives it, `namespace/name` or `name`. */
  readonly binding: string;
  /** Whom it impersonates, where that is the means. */
  readonly as?: string;
}

/** What the cluster's RBAC says of one way. */
export interface InCluster {
  /** ServiceAccounts that are meant by it, `namespace/name`: of a pattern those that exist, at most 50. */
  readonly serviceAccounts: readonly string[];
  /** How many more there are. */
  readonly more: number;
  readonly holders: readonly Holder[];
  /** How many further holders are the cluster's own (`system:` and `eks:` bindings): its controllers. */
  readonly own: number;
  /** IAM principals that enter the cluster as somebody who can. */
  readonly principals: readonly Entrant[];
  /** Reads that would show further ones. */
  readonly unread: readonly string[];
}

/** An IAM principal that enters the cluster, and as which it can act as the ServiceAccounts. */
export interface Entrant {
  /** ARN as written in the entry or aws-auth; the id of an account that is mapped whole. Absent: an unknown creator. */
  readonly principal?: string;
  readonly through: Surface;
  /** What lets it: `system:masters`, an access policy's name, or the means of a binding. */
  readonly by: string;
  /** False where something that decides it was not read or is not documented. */
  readonly certain: boolean;
}

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** More ServiceAccounts of one pattern are only counted. */
const MOST_ACCOUNTS = 50;

const authorizers = new WeakMap<ClusterView, Authorizer>();

/** Follows a way into its cluster, or null where it has none, leads nowhere, or Kubernetes was not read. */
export function followed(way: Way, estate: Estate): InCluster | null {
  if (way.cluster === undefined || way.verdict === 'broken') return null;
  if (way.door !== 'irsa' && way.door !== 'pod-identity') return null;
  const view = estate.clusters.find(({ cluster }) => cluster.arn === way.cluster);
  if (view === undefined || unreadOf(view) !== null) return null;
  const authorizer = authorizers.get(view) ?? buildAuthorizer(view.kubernetes.data);
  authorizers.set(view, authorizer);
  const accounts = accountsOf(way, view);
  const named = accounts.slice(0, MOST_ACCOUNTS);
  const takeovers = named.map(({ namespace, name }) =>
    takeoverOf(
      {
        namespace,
        name,
        runs: view.kubernetes.missing('pods') !== null || view.kubernetes.podsOf(namespace, name).length > 0,
        byToken: way.door === 'irsa',
      },
      authorizer,
    ),
  );
  const entering = entrantsOf(view, named, takeovers, estate);
  return answerOf(named, accounts.length - named.length, takeovers, entering);
}

/** The read that keeps a way from being followed into its cluster, or null. */
export function unreadOf({ kubernetes }: ClusterView) {
  return (
    kubernetes.missing('serviceAccounts') ?? kubernetes.missing('roles') ?? kubernetes.missing('bindings')
  );
}

/** One that is named need not exist: whoever runs pods there and makes it gets what it is given. */
function accountsOf({ who }: Way, { kubernetes }: ClusterView): readonly Name[] {
  const subject = who.split(' except ')[0] ?? '';
  const exact = hasWildcard(subject) ? null : parseSubject(subject);
  if (exact !== null) return [{ namespace: exact.namespace, name: exact.serviceAccount }];
  const matches = globMatcher(subject);
  return (kubernetes.data.serviceAccounts ?? []).filter(({ namespace, name }) =>
    matches(`system:serviceaccount:${namespace}:${name}`),
  );
}

function answerOf(
  accounts: readonly Name[],
  more: number,
  takeovers: readonly Takeover[],
  entering: Pick<InCluster, 'principals' | 'unread'>,
): InCluster {
  const reached = new Map<string, Reach>();
  for (const { reached: some } of takeovers)
    for (const one of some)
      if (!reached.has(subjectKey(one.subject))) reached.set(subjectKey(one.subject), one);
  const all = [...reached.values()];
  const holders = all.filter((one) => !isOwn(one)).map(holderOf);
  return {
    serviceAccounts: accounts.map(({ namespace, name }) => `${namespace}/${name}`),
    more,
    holders: holders.sort((a, b) => (holderKey(a) < holderKey(b) ? -1 : 1)),
    own: all.length - holders.length,
    ...entering,
  };
}

/** What Kubernetes and EKS bind for themselves (Kubernetes, RBAC: default roles; EKS user guide, default roles). */
function isOwn({ binding, subject }: Reach): boolean {
  return (
    /^(system|eks):/.test(binding.name) && (subject.kind !== 'Group' || subject.name.startsWith('system:'))
  );
}

function holderOf({ subject, means, binding, as }: Reach): Holder {
  const { kind, name, namespace } = subject;
  return {
    kind,
    name,
    ...(kind === 'ServiceAccount' && namespace !== undefined ? { namespace } : {}),
    means,
    binding: binding.namespace === undefined ? binding.name : `${binding.namespace}/${binding.name}`,
    ...(as === undefined ? {} : { as: `${as.kind} ${as.name}` }),
  };
}

const holderKey = ({ kind, namespace, name }: Holder): string => [kind, namespace ?? '', name].join('\n');
