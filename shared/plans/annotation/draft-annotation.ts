import type { Change } from '../../changes/change.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { RoleView } from '../../estate/estate.ts';
import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { roleStanding } from '../../identity/role-standing.ts';
import { applyToSnapshot } from '../apply-to-snapshot.ts';
import { type Declined, type Drafted, declined } from '../draft.ts';
import type { PlanContext } from '../plan-context.ts';
import type { EffectiveWay } from '../ways/way.ts';
import { accessFor } from './access.ts';
import { chainAfter } from './chain-after.ts';
import { replacedWords, whatToKnow } from './notes.ts';
import { type AnnotatedPlace, accountObstacles, obstacles, wordsOf } from './obstacles.ts';

/** A ServiceAccount whose pods are to have a role by IRSA. */
export interface WantedAnnotation extends AnnotatedPlace {
  /** ARN, of whichever account that was read. */
  readonly role: string;
}

type Asking = Pick<Drafted, 'wish' | 'approval'>;

/**
 * The annotation that gives a ServiceAccount a role, and before it what the role's account lacks for it: the provider of
 * the cluster's issuer, its audience, and the statement of the trust policy. It may come to no change at all. Declined
 * where pods that are made anew would still get nothing, with the check that says why.
 */
export function draftAnnotation(
  wanted: WantedAnnotation,
  { estate, config }: Pick<PlanContext, 'estate' | 'config'>,
  { wish, approval = [] }: Asking,
): Drafted | Declined {
  const reasons = obstacles(wanted, wanted.role);
  if (reasons.length > 0) return declined(...reasons);
  const standing = roleStanding(wanted.role, estate);
  if (standing.kind === 'unread') return declined(`${standing.missing.read}: ${standing.missing.reason}`);
  if (standing.kind === 'absent') return declined(`${wanted.role} does not exist.${standing.near}`);
  const { role } = standing;
  const access = accessFor(wanted, role, { estate, config });
  if (access.kind === 'declined') return access;
  const changes = [...access.changes, ...annotationChange(wanted, role.role.arn)];
  const later = buildEstate(applyToSnapshot(estate.snapshot, changes));
  const { fails, unknowns } = chainAfter(wanted, role.role.arn, later);
  if (fails.length > 0) return declined(...fails);
  return {
    kind: 'draft',
    title: `Annotate ${wordsOf(wanted)} with ${role.name}.`,
    wish,
    changes,
    approval: [...approval, ...access.approval, ...replacedWords(wanted, role.role.arn)],
    notes: whatToKnow(wanted, role),
    unknowns,
    isMeant: (way) => isOnlyFor(way, wanted, role),
  };
}

/** The end of the annotation with a role, which may be there or not. The role's trust policy stays as it is. */
export function draftNoAnnotation(place: AnnotatedPlace, approval: readonly string[]): Drafted | Declined {
  const reasons = accountObstacles(place, null);
  if (reasons.length > 0) return declined(...reasons);
  return {
    kind: 'draft',
    title: `Take the annotation with its role from ${wordsOf(place)}.`,
    wish: 'nobody: the change only takes access away',
    changes: annotationChange(place, null),
    approval: [...approval, ...replacedWords(place, null)],
    notes: whatToKnow(place, null),
    takesAway: true,
  };
}

function isOnlyFor(
  { target, identities }: EffectiveWay,
  wanted: AnnotatedPlace,
  { role }: RoleView,
): boolean {
  return (
    target === role.arn &&
    identities?.every(
      ({ cluster, namespace, serviceAccount }) =>
        cluster.cluster.arn === wanted.cluster.cluster.arn &&
        namespace === wanted.namespace &&
        serviceAccount === wanted.serviceAccount,
    ) === true
  );
}

/** The change that sets the annotation, or takes it away (null); none where it is so. */
function annotationChange(
  { cluster, namespace, serviceAccount }: AnnotatedPlace,
  after: string | null,
): Change[] {
  const annotations = cluster.kubernetes.serviceAccount(namespace, serviceAccount)?.annotations;
  const before = annotations?.[ROLE_ANNOTATION] ?? null;
  if (before === after) return [];
  const target = {
    account: cluster.account.id,
    region: cluster.region,
    cluster: cluster.cluster.name,
    namespace,
    serviceAccount,
    annotation: ROLE_ANNOTATION,
  };
  return [{ kind: 'service-account-annotation', target, before, after }];
}
