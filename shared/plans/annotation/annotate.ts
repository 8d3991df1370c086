import type { Change } from '../../changes/change.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { RoleView } from '../../estate/estate.ts';
import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { roleStanding } from '../../identity/role-standing.ts';
import { applyToSnapshot } from '../apply-to-snapshot.ts';
import { assemble } from '../assemble.ts';
import { type Declined, type Drafted, declined } from '../draft.ts';
import { type Asked, done } from '../migrations/asked.ts';
import type { PlanContext } from '../plan-context.ts';
import type { EffectiveWay } from '../ways/way.ts';
import { accessFor } from './access.ts';
import { chainAfter } from './chain-after.ts';
import { replacedWords, whatToKnow } from './notes.ts';
import { type AnnotatedPlace, obstacles, wordsOf } from './obstacles.ts';

/** A ServiceAccount whose pods a person wants to have a role by IRSA. */
export interface WantedAnnotation extends AnnotatedPlace {
  /** ARN, of whichever account that was read. */
  readonly role: string;
}

/**
 * Plans the annotation that gives a ServiceAccount a role, and before it what the role's account lacks for it: the
 * provider of the cluster's issuer, its audience, and the statement of the trust policy. Declined where pods that are made
 * anew would still get nothing, with the check that says why.
 */
export function planAnnotation(wanted: WantedAnnotation, context: PlanContext): Asked {
  const drafted = draftAnnotation(wanted, context, {
    wish: `whoever ran podtrust annotate for ${wordsOf(wanted)} and ${wanted.role}`,
    approval: ['It was asked for on the command line: an approver answers for it.'],
  });
  if (drafted.kind === 'declined') return drafted;
  if (drafted.draft.changes.length === 0)
    return done(`${wordsOf(wanted)} is annotated with ${wanted.role} already, which lets it in.`);
  return { kind: 'plan', plan: assemble(drafted.draft, [], context) };
}

type Asking = Pick<Drafted, 'wish' | 'approval'>;

/** The same as a draft, which may turn out to change nothing. */
export function draftAnnotation(
  wanted: WantedAnnotation,
  { estate, config }: PlanContext,
  { wish, approval = [] }: Asking,
): { readonly kind: 'draft'; readonly draft: Drafted } | Declined {
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
    draft: {
      kind: 'draft',
      title: `Annotate ${wordsOf(wanted)} with ${role.name}.`,
      wish,
      changes,
      approval: [...approval, ...access.approval, ...replacedWords(wanted, role.role.arn)],
      notes: whatToKnow(wanted, role),
      unknowns,
      isMeant: (way) => isOnlyFor(way, wanted, role),
    },
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
export function annotationChange(
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
