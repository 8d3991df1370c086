import type { Estate, RoleView } from '../../estate/estate.ts';
import { decide, type Outcome } from '../../iam/evaluate.ts';
import type { Condition, Statement } from '../../iam/policy.ts';
import { POD_IDENTITY_SERVICE } from '../../identity/service-account.ts';
import { lazyPodIdentityRequests } from './lazy-request.ts';
import { NOBODY } from './web-door.ts';

/** The way into a role for EKS Pod Identity: the statements that name its service. */
export interface PodDoor {
  readonly role: RoleView;
  readonly statements: readonly Statement[];
}

/** Condition keys that narrow Pod Identity to an account, a cluster, a namespace or a ServiceAccount. */
const SCOPING = /^aws:(?:source(?:arn|account)|(?:request|principal)tag\/(?:kubernetes-|eks-cluster-).*)$/;

/** True for a condition that tells one association from another. */
export function isScoping(condition: Condition): boolean {
  return SCOPING.test(condition.key.toLowerCase());
}

const doors = new WeakMap<RoleView, PodDoor | null>();

/** The Pod Identity door of a role, or null when its trust policy does not name the service. */
export function podDoor(role: RoleView): PodDoor | null {
  let door = doors.get(role);
  if (door === undefined) {
    door = findDoor(role);
    doors.set(role, door);
  }
  return door;
}

const doorsOfAll = new WeakMap<readonly RoleView[], readonly PodDoor[]>();

/** Every Pod Identity door of some roles, listed once for all the rules that ask. */
export function podDoorsOf(roles: readonly RoleView[]): readonly PodDoor[] {
  let found = doorsOfAll.get(roles);
  if (found === undefined) {
    found = roles.map(podDoor).filter((door) => door !== null);
    doorsOfAll.set(roles, found);
  }
  return found;
}

function findDoor(role: RoleView): PodDoor | null {
  const allows = role.trust().compiled?.allows ?? [];
  const statements = allows
    .filter(({ statement, action }) => namesPods(statement) && action('sts:AssumeRole'))
    .map(({ statement }) => statement);
  return statements.length === 0 ? null : { role, statements };
}

function namesPods({ principal }: Statement): boolean {
  return (
    principal?.negated === false &&
    principal.entries.some(
      ({ kind, value }) => kind === 'Service' && value.toLowerCase() === POD_IDENTITY_SERVICE,
    )
  );
}

interface Pod {
  readonly clusterArn: string;
  readonly account: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly tags: boolean;
}

/** Whether the trust policy as a whole lets EKS assume the role for a pod: both calls must be allowed. */
export function admitsPod(role: RoleView, pod: Pod): Outcome {
  const { compiled } = role.trust();
  if (compiled === null) return 'denied';
  let worst: Outcome = 'allowed';
  for (const request of lazyPodIdentityRequests({ ...pod, roleArn: role.role.arn })) {
    const outcome = decide(compiled, request);
    if (outcome === 'denied') return outcome;
    if (outcome === 'undecided') worst = outcome;
  }
  return worst;
}

/** Whether a pod gets in that no policy can have in mind: of a cluster that does not exist, in the role's account or another. */
export function admitsAnyPod(
  role: RoleView,
  estate: Estate,
  options: { tags: boolean; otherAccount?: boolean },
): Outcome {
  const account = options.otherAccount ? outsiderAccount(estate) : role.account.id;
  const region = role.account.clusters[0]?.region ?? 'us-east-1';
  return admitsPod(role, {
    clusterArn: `arn:${role.account.partition}:eks:${region}:${account}:cluster/${NOBODY}`,
    account,
    namespace: NOBODY,
    serviceAccount: NOBODY,
    tags: options.tags,
  });
}

/** An account id that is none of the estate's. */
export function outsiderAccount(estate: Estate): string {
  const ids = ['999999999999', '999999999998', '999999999997'];
  return ids.find((id) => !estate.accounts.has(id)) ?? '999999999996';
}
