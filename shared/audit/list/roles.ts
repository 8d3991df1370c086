import type { Estate, RoleView } from '../../estate/estate.ts';
import { podDoor } from '../../rules/doors/pod-door.ts';
import { decidingPatterns } from '../../rules/doors/subject-shape.ts';
import { webDoors } from '../../rules/doors/web-door.ts';
import { compareText } from '../order.ts';
import { type ListFilter, passes, patternPasses, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf, type RowOf } from './report.ts';

/** Subjects of one role are listed up to this many. */
const MOST_SUBJECTS = 50;

/** Every role that pods can assume, by web identity or Pod Identity, or end up with as a target. */
export function listRoles(estate: Estate, filter: ListFilter): ListOf<'roles'> {
  const rows = estate.roles
    .filter(({ role }) => filter.role === undefined || role.arn === filter.role)
    .flatMap((role) => rowOf(role, estate, filter))
    .sort((a, b) => compareText(a.role, b.role));
  const unknowns = [...estate.accounts.values()].flatMap((account) =>
    unknownAt(account.id, account.missing('roles')),
  );
  return { schemaVersion: LIST_VERSION, kind: 'roles', rows, unknowns };
}

function rowOf(role: RoleView, estate: Estate, filter: ListFilter): RowOf<'roles'>[] {
  const doors = webDoors(role, estate).filter(
    (door) => filter.cluster === undefined || door.cluster === filter.cluster,
  );
  const open = doors.flatMap((door) => {
    const patterns = door.statements.map(({ subject }) => decidingPatterns(subject));
    const admits = patterns.some(
      (some) =>
        some.length === 0 ||
        some.some(({ pattern, shape }) =>
          patternPasses(filter, { text: pattern, literal: shape === 'exact' }),
        ),
    );
    const subjects = [...new Set(patterns.flat().map(({ pattern }) => pattern))].slice(0, MOST_SUBJECTS);
    return admits ? [{ issuer: door.issuer.key, cluster: door.cluster?.cluster.arn ?? null, subjects }] : [];
  });
  const associations = (estate.associationsByRole.get(role.role.arn) ?? [])
    .filter(
      ({ association, cluster }) => passes(filter, association) && (filter.cluster ?? cluster) === cluster,
    )
    .map(({ association, cluster }) => ({
      cluster: cluster.cluster.arn,
      namespace: association.namespace,
      serviceAccount: association.serviceAccount,
      id: association.id,
      as: association.targetRoleArn === role.role.arn ? ('target' as const) : ('role' as const),
    }));
  const podIdentity = podDoor(role) !== null;
  const narrowed = (filter.cluster ?? filter.namespace ?? filter.serviceAccount) !== undefined;
  if (open.length + associations.length === 0 && (narrowed || !podIdentity)) return [];
  return [
    {
      role: role.role.arn,
      webIdentity: open,
      podIdentity,
      associations,
      privileges: role.privileges().grade,
      lastUsed: role.role.lastUsed?.at ?? null,
    },
  ];
}
