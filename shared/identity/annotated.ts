import type { ClusterView, Estate } from '../estate/estate.ts';
import type { ServiceAccount } from '../estate/kubernetes-schema.ts';
import type { Association } from '../estate/snapshot.ts';
import { audienceAnnotation, type RoleAnnotation, roleAnnotation } from './role-annotation.ts';

/** A ServiceAccount with an annotation for a role, well or badly written. */
export interface Annotated {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly annotation: RoleAnnotation;
  /** Of its tokens for web identities. */
  readonly audience: string;
  /** The association that comes before the annotation, or null. */
  readonly association: Association | null;
}

/** One whose annotation is the ARN of a role. */
export interface AnnotatedWithRole extends Annotated {
  readonly annotation: Extract<RoleAnnotation, { kind: 'role' }>;
}

const byCluster = new WeakMap<ClusterView, readonly Annotated[]>();

/** The annotated ServiceAccounts of a cluster, as far as they were read. */
export function annotatedIn(cluster: ClusterView): readonly Annotated[] {
  let found = byCluster.get(cluster);
  if (found === undefined) {
    const associations = associationsIn(cluster);
    found = (cluster.kubernetes.data.serviceAccounts ?? []).flatMap((account) =>
      annotatedOf(cluster, account, associations),
    );
    byCluster.set(cluster, found);
  }
  return found;
}

function annotatedOf(
  cluster: ClusterView,
  { namespace, name, annotations }: ServiceAccount,
  associations: ReadonlyMap<string, Association>,
): Annotated[] {
  if (annotations === undefined) return [];
  const annotation = roleAnnotation(annotations, cluster.account.partition);
  if (annotation.kind === 'none') return [];
  return [
    {
      cluster,
      namespace,
      serviceAccount: name,
      annotation,
      audience: audienceAnnotation(annotations),
      association: associations.get(`${namespace}/${name}`) ?? null,
    },
  ];
}

const associationIndexes = new WeakMap<ClusterView, ReadonlyMap<string, Association>>();

/** The associations of a cluster by `namespace/name`: there is at most one for each (EKS API reference). */
export function associationsIn(cluster: ClusterView): ReadonlyMap<string, Association> {
  let found = associationIndexes.get(cluster);
  if (found === undefined) {
    const all = cluster.cluster.podIdentityAssociations ?? [];
    found = new Map(all.map((one) => [`${one.namespace}/${one.serviceAccount}`, one]));
    associationIndexes.set(cluster, found);
  }
  return found;
}

/** Those that ask for their role by the annotation: it names a role, and no association comes before it. */
export function asksForRole(annotated: Annotated): annotated is AnnotatedWithRole {
  return annotated.annotation.kind === 'role' && annotated.association === null;
}

const byEstate = new WeakMap<Estate, ReadonlyMap<string, readonly AnnotatedWithRole[]>>();

/** The ServiceAccounts of every cluster that ask for a role, by its ARN. */
export function annotatedWith(roleArn: string, estate: Estate): readonly AnnotatedWithRole[] {
  estate.asked.podsOf(roleArn);
  let index = byEstate.get(estate);
  if (index === undefined) {
    const all = estate.clusters.flatMap((cluster) => annotatedIn(cluster).filter(asksForRole));
    index = Map.groupBy(all, ({ annotation }) => annotation.arn);
    byEstate.set(estate, index);
  }
  return index.get(roleArn) ?? [];
}
