import type { AssociationView, ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import { audienceWords } from '../../identity/audience.ts';
import { parseSubject, STS_AUDIENCE } from '../../identity/service-account.ts';
import { judgeAssociation } from './association-failure.ts';
import { decidingPatterns } from './subject-shape.ts';
import { admits, admitsNobody, doorName, type WebDoor, webDoors } from './web-door.ts';

/** A ServiceAccount that gets a role, as far as AWS decides it. */
interface EffectiveMapping {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN; of an association with a target role, the first role. */
  readonly role: string;
  readonly via: 'irsa' | 'pod-identity';
}

export interface EffectiveMappings {
  readonly effective: readonly EffectiveMapping[];
  /** Doors that name nobody one by one, and associations that are not known to work, in sentences. */
  readonly left: readonly string[];
}

/** Every mapping of some roles and associations that names its ServiceAccount and lets it in for certain. */
export function effectiveMappings(
  scope: { readonly roles: readonly RoleView[]; readonly associations: readonly AssociationView[] },
  estate: Estate,
): EffectiveMappings {
  const left: string[] = [];
  const effective: EffectiveMapping[] = [];
  for (const role of scope.roles) {
    for (const door of webDoors(role, estate)) effective.push(...throughDoor(door, left));
  }
  for (const view of scope.associations) effective.push(...byAssociation(view, estate, left));
  return { effective, left };
}

function throughDoor(door: WebDoor, left: string[]): EffectiveMapping[] {
  const { cluster, role } = door;
  if (cluster === null || door.provider === null) return [];
  if (
    door.statements.some(({ subject }) => decidingPatterns(subject).length === 0) &&
    admitsNobody(door) !== 'denied'
  ) {
    left.push(
      `${role.role.arn} asks for no subject of ${doorName(door)}: whom it is for must be declared by hand.`,
    );
  }
  const patterns = door.statements.flatMap(({ subject }) => decidingPatterns(subject));
  const names = new Set<string>();
  for (const { pattern, shape } of patterns) {
    if (shape === 'exact') names.add(pattern);
    else
      left.push(
        `${role.role.arn} names the pattern ${pattern} of ${doorName(door)}: whom it is for must be declared by hand.`,
      );
  }
  return [...names].flatMap((subject) => {
    const parsed = parseSubject(subject);
    if (parsed === null) return [];
    const answer = tokenAnswer(door, subject);
    if (answer.kind === 'kept-out') return [];
    if (answer.kind === 'left') {
      left.push(`${subject} of ${doorName(door)} is trusted by ${role.role.arn}, but ${answer.why}.`);
      return [];
    }
    return [{ cluster, ...parsed, role: role.role.arn, via: 'irsa' as const }];
  });
}

type TokenAnswer = { readonly kind: 'let-in' | 'kept-out' } | { readonly kind: 'left'; readonly why: string };

/**
 * What becomes of the tokens of a subject: they carry the audience of STS, and another one only where the trust policy
 * asks for it and the provider accepts it, for a ServiceAccount with the annotation.
 */
function tokenAnswer(door: WebDoor, subject: string): TokenAnswer {
  const usual = admits(door, subject, [STS_AUDIENCE]);
  const accepted = door.provider?.clientIds;
  if (usual === 'denied') {
    const custom = (accepted ?? []).filter(
      (audience) => audience !== STS_AUDIENCE && audienceWords(audience) === null,
    );
    return { kind: admits(door, subject, custom) === 'allowed' ? 'let-in' : 'kept-out' };
  }
  if (usual === 'undecided') return { kind: 'kept-out' };
  if (accepted === undefined)
    return { kind: 'left', why: 'which audiences the provider accepts was not read' };
  if (accepted.includes(STS_AUDIENCE)) return { kind: 'let-in' };
  const has = accepted.length === 0 ? 'no audience at all' : accepted.join(', ');
  return { kind: 'left', why: `the provider accepts ${has}, and the tokens carry ${STS_AUDIENCE}` };
}

function byAssociation(view: AssociationView, estate: Estate, left: string[]): EffectiveMapping[] {
  const { association, cluster } = view;
  const { failure, undecided } = judgeAssociation(view, estate);
  const { namespace, serviceAccount, roleArn } = association;
  if (failure !== null) return [];
  if (undecided.length > 0 || roleArn === undefined) {
    left.push(
      `Association ${association.id} of ${cluster.cluster.name} (${namespace}/${serviceAccount}) is not known to work.`,
    );
    return [];
  }
  return [{ cluster, namespace, serviceAccount, role: roleArn, via: 'pod-identity' }];
}
