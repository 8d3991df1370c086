import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { ServiceAccount } from '../../estate/kubernetes-schema.ts';
import { globMatcher } from '../../iam/glob.ts';
import { associationsIn } from '../../identity/annotated.ts';
import { annotatedRole, roleAnnotation } from '../../identity/role-annotation.ts';
import { parseSubject, subjectOf } from '../../identity/service-account.ts';
import { decidingPatterns, type SubjectPattern } from './subject-shape.ts';
import { admits, type WebDoor } from './web-door.ts';

/** The ServiceAccounts of a door's cluster that its trust policy lets in, or the read that is missing to say so. */
export type RealSubjects =
  | { readonly kind: 'read'; readonly admitted: readonly ServiceAccount[] }
  | { readonly kind: 'unread'; readonly missing: Missing };

const found = new WeakMap<WebDoor, RealSubjects>();

/** Asks the trust policy about each ServiceAccount that its patterns may take in. */
export function realSubjects(door: WebDoor): RealSubjects {
  let subjects = found.get(door);
  if (subjects === undefined) {
    subjects = find(door);
    found.set(door, subjects);
  }
  return subjects;
}

function find(door: WebDoor): RealSubjects {
  const { cluster } = door;
  if (cluster === null) {
    const reason = `no cluster that was read has the issuer ${door.issuer.key}`;
    return { kind: 'unread', missing: { read: 'eks:DescribeCluster', reason } };
  }
  const missing = cluster.kubernetes.missing('serviceAccounts');
  if (missing !== null) return { kind: 'unread', missing };
  const admitted = candidatesAt(door).filter(
    ({ namespace, name }) => admits(door, subjectOf(namespace, name)) !== 'denied',
  );
  return { kind: 'read', admitted };
}

/** ServiceAccounts that some statement may mean: all, where one leaves the subject open. */
function candidatesAt({ cluster, statements }: WebDoor): ServiceAccount[] {
  if (cluster === null) return [];
  const asked = statements.map(({ subject }) => decidingPatterns(subject));
  if (asked.some((patterns) => patterns.length === 0))
    return [...(cluster.kubernetes.data.serviceAccounts ?? [])];
  return [...new Set(asked.flat().flatMap((pattern) => fitting(cluster, pattern)))];
}

function fitting({ kubernetes }: ClusterView, { pattern, shape }: SubjectPattern): readonly ServiceAccount[] {
  const named = parseSubject(pattern);
  const one = named === null ? undefined : kubernetes.serviceAccount(named.namespace, named.serviceAccount);
  if (one !== undefined) return [one];
  if (shape === 'exact') return [];
  const fits = globMatcher(pattern);
  return (kubernetes.data.serviceAccounts ?? []).filter(({ namespace, name }) =>
    fits(subjectOf(namespace, name)),
  );
}

/** Subjects in use at a door: ServiceAccounts that it lets in and that are annotated with its role. */
export function subjectsInUse(door: WebDoor): string[] {
  const { cluster, role } = door;
  const subjects = realSubjects(door);
  if (cluster === null || subjects.kind === 'unread') return [];
  return subjects.admitted
    .filter(({ namespace, name, annotations }) => {
      const asked = annotatedRole(roleAnnotation(annotations, cluster.account.partition));
      return asked === role.role.arn && !associationsIn(cluster).has(`${namespace}/${name}`);
    })
    .map(({ namespace, name }) => subjectOf(namespace, name))
    .sort();
}
