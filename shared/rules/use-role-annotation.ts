import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { PodGroup } from '../estate/kubernetes-schema.ts';
import { annotatedIn, associationsIn } from '../identity/annotated.ts';
import { ownWebIdentity } from '../identity/own-web-identity.ts';
import { roleAnnotation } from '../identity/role-annotation.ts';
import { subjectOf } from '../identity/service-account.ts';
import { trustIndex } from '../identity/trust-index.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { annotationRepair, declaredAnnotation } from './doors/declared-annotation.ts';
import { podsAtWork } from './doors/pods-at-work.ts';
import { admits, webDoors } from './doors/web-door.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { clusterWith, container, podGroup, serviceAccount } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { IRSA_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

interface Subject {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Roles whose trust policy names it and lets it in. */
  readonly roles: readonly RoleView[];
}

/** ServiceAccounts that a role was made for, whose pods run without it. */
export default defineRule({
  number: 'PT-204',
  name: 'use-role-annotation',
  kind: 'broken',
  fix: 'guarded',
  title: 'A ServiceAccount that a role trusts by name is not bound to it',
  why: 'A trust policy only allows. Which role the pods ask for is said by the annotation, or by an association; without either they run with the role of their node, or without credentials.',
  remedy:
    'Annotate the ServiceAccount with the role, and restart its pods; or take its subject out of the trust policy where it needs no role.',
  references: [IRSA_ROLE],
  examples: () => {
    const { annotations: _, ...bare } = serviceAccount();
    const pods = [podGroup({ containers: [container({})] })];
    return {
      fails: roleExample('shop/checkout runs pods, and is not annotated', trustPolicy(irsaStatement()), {
        clusters: [clusterWith({ serviceAccounts: [bare], pods })],
      }),
      passes: roleExample('shop/checkout is annotated', trustPolicy(irsaStatement()), {
        clusters: [clusterWith()],
      }),
    };
  },
  needs: ['roles', 'kubernetes:serviceAccounts', 'kubernetes:pods'],
  subjects: ({ clusters, estate }) =>
    clusters.filter(hasApiServer).flatMap((cluster) => unannotated(cluster, estate)),
  where: (subject) => serviceAccountWhere(subject),
  check: (subject) => {
    const { cluster, namespace, serviceAccount: name, roles } = subject;
    const missing = cluster.kubernetes.missing('pods') ?? cluster.missing('podIdentityAssociations');
    if (missing !== null) return unknown(missing);
    const pods = cluster.kubernetes.podsOf(namespace, name);
    if (pods.length === 0 || pods.some((group) => hasOtherWay(group, cluster))) return pass;
    return fail({ roles: roles.map(({ role }) => role.arn).sort(), pods: podsAtWork(subject) });
  },
  severity: () => 'medium',
  message: ({ roles, pods }, { namespace, serviceAccount: name }) =>
    `${namespace}/${name} runs ${pods} ${pods === 1 ? 'pod' : 'pods'} and is bound to no role, though ${roles.join(', ')} ${roles.length === 1 ? 'trusts' : 'trust'} it by name.`,
  identity: () => [],
  repair: ({ roles: [only, ...more] }, subject) =>
    annotationRepair(subject, only === undefined || more.length > 0 ? null : only),
  plan: (_, subject, scope) => declaredAnnotation(subject, scope),
});

/** ServiceAccounts that roles name and let in, and that neither annotation nor association binds. */
function unannotated(cluster: ClusterView, estate: Estate): Subject[] {
  const annotated = new Set(
    annotatedIn(cluster).map(({ namespace, serviceAccount: name }) => `${namespace}/${name}`),
  );
  return (cluster.kubernetes.data.serviceAccounts ?? []).flatMap(({ namespace, name }) => {
    const key = `${namespace}/${name}`;
    if (annotated.has(key) || associationsIn(cluster).has(key)) return [];
    const subject = subjectOf(namespace, name);
    const named = [...(trustIndex(estate).bySubject.get(subject) ?? [])];
    const roles = named.filter((role) =>
      webDoors(role, estate).some(
        (door) =>
          door.cluster === cluster && admits(door, subject) === 'allowed' && names(door.statements, subject),
      ),
    );
    return roles.length === 0 ? [] : [{ cluster, namespace, serviceAccount: name, roles }];
  });
}

/** True when the statements for this very cluster name the subject, not a pattern that takes it in. */
function names(statements: ReturnType<typeof webDoors>[number]['statements'], subject: string): boolean {
  return statements.some(({ subject: conditions }) =>
    conditions.some(({ values }) => values.includes(subject)),
  );
}

/** Pods that bring their own web identity, that kube2iam serves, or whose annotation is a finding of its own. */
function hasOtherWay(group: PodGroup, { account }: ClusterView): boolean {
  return (
    ownWebIdentity(group) !== null ||
    group.annotations?.['iam.amazonaws.com/role'] !== undefined ||
    roleAnnotation(group.annotations, account.partition).kind !== 'none'
  );
}
