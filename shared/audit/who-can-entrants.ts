/** The last step up: IAM principals that enter a cluster as somebody who can act as its ServiceAccounts. */
import type { ClusterView, Estate } from '../estate/estate.ts';
import { globMatcher } from '../iam/glob.ts';
import { deadWay } from '../identity/access/dead-way.ts';
import { policyName } from '../identity/access/policies.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf, type Way as Entrance } from '../identity/access/ways.ts';
import type { Takeover } from '../kubernetes/rbac/takeover.ts';
import type { Entrant, InCluster } from './who-can-kubernetes.ts';

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Everyone who enters the cluster and can act as one of the ServiceAccounts: members of `system:masters`, holders of an
 * access policy that runs pods, and those to whom RBAC gives it. Entrances that the cluster does not look at, entries of
 * principals that are gone, nodes and EKS itself are left out.
 */
export function entrantsOf(
  view: ClusterView,
  accounts: readonly Name[],
  takeovers: readonly Takeover[],
  estate: Estate,
): Pick<InCluster, 'principals' | 'unread'> {
  const { ways, missing } = accessOf(view);
  const namespaces = [...new Set(accounts.map(({ namespace }) => namespace))];
  const principals = ways
    .filter(({ state, purpose }) => purpose === 'people' && (state === 'open' || state === 'unknown'))
    .flatMap((entrance): Entrant[] => {
      const found = byPolicy(entrance, namespaces) ?? byRbac(entrance, takeovers);
      const dead = entrance.who === null ? null : deadWay(entrance, standingOf(entrance.who, estate));
      // An entry is for one principal; a row of aws-auth waits for whoever gets the name.
      if (found === null || (dead !== null && entrance.surface === 'access-entry')) return [];
      return [
        {
          ...(entrance.principal === null ? {} : { principal: entrance.principal }),
          through: entrance.surface,
          by: dead === null ? found.by : `${found.by}, once there is a principal of this name`,
          certain: found.certain && entrance.state === 'open' && dead === null,
        },
      ];
    });
  return { principals, unread: [...new Set(missing.map(({ read }) => read))] };
}

interface Found {
  readonly by: string;
  readonly certain: boolean;
}

/**
 * AWS's policies that run pods (EKS user guide, "Review access policy permissions"). `AdminView` gives `get` on every
 * resource, `pods/exec` and `nodes/proxy` among them, which before Kubernetes 1.35 opened a session.
 */
const RUNS_PODS: Readonly<Record<string, boolean>> = {
  AmazonEKSClusterAdminPolicy: true,
  AmazonEKSAdminPolicy: true,
  AmazonEKSEditPolicy: true,
  AmazonEKSAdminViewPolicy: false,
};

/** Policies that are known to run nothing. */
const HARMLESS: ReadonlySet<string> = new Set([
  'AmazonEKSViewPolicy',
  'AmazonEKSSecretReaderPolicy',
  'AmazonEKSSecretAdminPolicy',
]);

function byPolicy({ policies }: Entrance, namespaces: readonly string[]): Found | null {
  if (policies === null) return { by: 'access policies that were not read', certain: false };
  const found = policies.flatMap(({ policyArn, scope }): Found[] => {
    const name = policyName(policyArn);
    if (HARMLESS.has(name) || !reaches(scope, namespaces)) return [];
    return [{ by: name, certain: RUNS_PODS[name] === true }];
  });
  return found.find(({ certain }) => certain) ?? found[0] ?? null;
}

function reaches(
  {
    type,
    namespaces: within = [],
  }: { readonly type: string; readonly namespaces?: readonly string[] | undefined },
  namespaces: readonly string[],
): boolean {
  return type === 'cluster' || within.some((pattern) => namespaces.some(globMatcher(pattern)));
}

/** A username with parts that only the session decides is nobody that a binding could be known to mean. */
function byRbac({ username, groups }: Entrance, takeovers: readonly Takeover[]): Found | null {
  if (groups === null) return { by: 'groups that were not read', certain: false };
  const user = username === null || username.includes('{') ? '' : username;
  const who = { user, groups: [...groups, 'system:authenticated'] };
  for (const takeover of takeovers) {
    const means = takeover.by(who);
    if (means === null) continue;
    const { binding } = means;
    const name =
      binding === null
        ? ''
        : ` (${binding.namespace === undefined ? binding.name : `${binding.namespace}/${binding.name}`})`;
    return { by: `${means.means}${name}`, certain: true };
  }
  return null;
}
