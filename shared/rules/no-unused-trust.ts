import type { Estate, Missing, RoleView } from '../estate/estate.ts';
import { annotatedWith } from '../identity/annotated.ts';
import { nearbyAccounts } from '../identity/nearby-accounts.ts';
import { parseSubject } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { diagnosedFaults } from './diagnosed.ts';
import { podDoor } from './doors/pod-door.ts';
import { realSubjects } from './doors/real-subjects.ts';
import { decidingPatterns } from './doors/subject-shape.ts';
import { doorName, type WebDoor, webDoors } from './doors/web-door.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { clusterWith } from './examples/kubernetes.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES, IRSA_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts } from './weight.ts';

/** Roles for ServiceAccounts that do not exist: left over, or made before their ServiceAccount. */
export default defineRule({
  number: 'PT-205',
  name: 'no-unused-trust',
  kind: 'rot',
  fix: 'manual',
  title: 'The role admits only ServiceAccounts that do not exist',
  why: 'Whoever may create the namespace or the ServiceAccount that a forgotten trust policy names becomes the role.',
  remedy:
    'Delete the role, or take the subject out of its trust policy, where the workload is gone. Where it is still to come, nothing needs to be done.',
  references: [BEST_PRACTICES, IRSA_ROLE],
  examples: () => ({
    fails: roleExample('shop/checkout was deleted with its workload', trustPolicy(irsaStatement()), {
      clusters: [clusterWith({ serviceAccounts: [], pods: [] })],
    }),
    passes: roleExample('shop/checkout exists', trustPolicy(irsaStatement()), { clusters: [clusterWith()] }),
  }),
  needs: ['roles', 'kubernetes:serviceAccounts'],
  subjects: ({ roles, estate }) =>
    roles.filter((role) => isForServiceAccountsAlone(role, estate) && isReadInPart(role, estate)),
  where: roleWhere,
  check: (role, { estate }) => {
    if (diagnosedFaults(role, estate).length > 0 || annotatedWith(role.role.arn, estate).length > 0)
      return pass;
    let open: Missing | null = null;
    for (const door of webDoors(role, estate)) {
      const subjects = realSubjects(door);
      if (subjects.kind === 'unread') open ??= subjects.missing;
      else if (subjects.admitted.length > 0) return pass;
    }
    if (open !== null) return unknown(open);
    const doors = webDoors(role, estate);
    return fail({
      subjects: [...new Set(doors.flatMap(namedAt))].sort(),
      clusters: [...new Set(doors.map(doorName))].sort(),
      clusterAccounts: [...new Set(doors.flatMap(({ cluster }) => cluster?.account.id ?? []))].sort(),
      near: [...new Set(doors.flatMap(nearAt))].sort(),
      ...privilegeFacts(role),
    });
  },
  severity: () => 'low',
  message: ({ subjects, clusters, near, privileges }, { name }) =>
    `${name} admits ${subjects.join(', ')} of ${clusters.join(', ')}, and no such ServiceAccount exists${near.length === 0 ? '' : `; there is ${near.join(', ')}`}; ${leadsTo(privileges)}.`,
  identity: () => [],
});

/** Roles whose every Allow statement is a door for ServiceAccounts: whoever else may use one keeps it in use. */
function isForServiceAccountsAlone(role: RoleView, estate: Estate): boolean {
  const doors = webDoors(role, estate);
  if (doors.length === 0 || podDoor(role) !== null) return false;
  const known = new Set(doors.map(({ providerArn }) => providerArn));
  const allows = (role.trust().policy?.statements ?? []).filter(({ effect }) => effect === 'Allow');
  return allows.every(
    ({ principal }) =>
      principal?.negated === false &&
      !principal.everyone &&
      principal.entries.every(({ kind, value }) => kind === 'Federated' && known.has(value)),
  );
}

/** Roles of which Kubernetes shows nothing at all are undecided with their clusters, or with their issuers. */
function isReadInPart(role: RoleView, estate: Estate): boolean {
  return webDoors(role, estate).some(
    ({ cluster }) => cluster !== null && cluster.kubernetes.missing('serviceAccounts') === null,
  );
}

function namedAt({ statements }: WebDoor): string[] {
  const patterns = statements.flatMap(({ subject }) => decidingPatterns(subject));
  return patterns.length === 0 ? ['every ServiceAccount'] : patterns.map(({ pattern }) => pattern);
}

function nearAt({ cluster, statements }: WebDoor): string[] {
  if (cluster === null) return [];
  return statements
    .flatMap(({ subject }) => decidingPatterns(subject))
    .flatMap(({ pattern }) => parseSubject(pattern) ?? [])
    .flatMap(({ namespace, serviceAccount }) => nearbyAccounts(cluster, namespace, serviceAccount))
    .map(({ namespace, name }) => `${namespace}/${name}`);
}
