import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { ServiceAccount } from '../../estate/kubernetes-schema.ts';
import { globMatcher } from '../../iam/glob.ts';
import { associationsIn } from '../../identity/annotated.ts';
import { parseIssuer } from '../../identity/issuer.ts';
import { ownWebIdentity } from '../../identity/own-web-identity.ts';
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

/** Who is let in at a door and who of them uses it, as evidence; nothing where Kubernetes was not read. */
export interface RealFacts {
  /** Number of existing ServiceAccounts that the door lets in. */
  readonly admitted?: number;
  /** Subjects of those that ask for the role. */
  readonly inUse?: readonly string[];
}

/** Counts the ServiceAccounts that a door lets in, and names those that ask for its role. */
export function realFacts(door: WebDoor): RealFacts {
  const { cluster, role } = door;
  const subjects = realSubjects(door);
  if (cluster === null || subjects.kind === 'unread') return {};
  const inUse = subjects.admitted
    .filter((account) => asksFor(role.role.arn, account, cluster))
    .map(({ namespace, name }) => subjectOf(namespace, name))
    .sort();
  return { admitted: subjects.admitted.length, inUse };
}

/** By annotation, or by what its pods set up themselves; an association comes before the annotation. */
function asksFor(
  roleArn: string,
  { namespace, name, annotations }: ServiceAccount,
  cluster: ClusterView,
): boolean {
  if (cluster.kubernetes.podsOf(namespace, name).some((pods) => ownWebIdentity(pods)?.roleArn === roleArn))
    return true;
  if (associationsIn(cluster).has(`${namespace}/${name}`)) return false;
  return annotatedRole(roleAnnotation(annotations, cluster.account.partition)) === roleArn;
}

/** The numbers in words, to end a message with; empty where Kubernetes was not read. */
export function realWords({ admitted, inUse }: RealFacts): string {
  if (admitted === undefined || inUse === undefined) return '';
  const asking =
    inUse.length === 0
      ? 'none of them asks'
      : `${inUse.length} of them ${inUse.length === 1 ? 'asks' : 'ask'}`;
  return ` ${admitted} ${admitted === 1 ? 'ServiceAccount that exists is' : 'ServiceAccounts that exist are'} let in, and ${asking} for it.`;
}

/** The exact subjects of a repair: those of the declared that it lets in today, and those in use. Never a guess. */
export function exactSubjects(
  door: WebDoor,
  { intended, inUse = [] }: RealFacts & { readonly intended: readonly string[] },
): string[] {
  const declared = intended.filter((subject) => admits(door, subject) !== 'denied');
  return [...new Set([...declared, ...inUse, ...observedSubjects(door)])].sort();
}

/** Subjects of the sessions that were seen to come in at a door, and that it still lets in. */
function observedSubjects(door: WebDoor): string[] {
  const { role, issuer } = door;
  const seen = role.account.account.observed?.sessions?.seen ?? [];
  return seen.flatMap((session) => {
    const { subject } = session;
    if (session.role !== role.role.arn || subject === undefined || session.issuer === undefined) return [];
    return parseIssuer(session.issuer).key === issuer.key && admits(door, subject) !== 'denied'
      ? [subject]
      : [];
  });
}
