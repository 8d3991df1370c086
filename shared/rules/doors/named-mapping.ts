import type { RoleView } from '../../estate/estate.ts';
import type { Statement } from '../../iam/policy.ts';
import { hasWildcard } from '../../identity/service-account.ts';
import { podDoor } from './pod-door.ts';
import { isPositive } from './subject-shape.ts';

/** A ServiceAccount for which a role was made, as its trust policy or its tags name it. */
export interface NamedMapping {
  readonly role: RoleView;
  /** ARN or name; absent when any cluster will do. */
  readonly cluster?: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly namedBy: 'trust policy' | 'tags';
}

/** The mappings that a role for Pod Identity names one by one; patterns and half a name are no name. */
export function namedMappings(role: RoleView): NamedMapping[] {
  const door = podDoor(role);
  if (door === null) return [];
  const fromTrust = door.statements.flatMap((statement) => fromStatement(role, statement));
  return fromTrust.length > 0 ? fromTrust : fromTags(role);
}

function fromStatement(role: RoleView, statement: Statement): NamedMapping[] {
  const namespaces = exactValues(statement, 'aws:requesttag/kubernetes-namespace');
  const names = exactValues(statement, 'aws:requesttag/kubernetes-service-account');
  const clusters = [
    ...exactValues(statement, 'aws:sourcearn'),
    ...exactValues(statement, 'aws:requesttag/eks-cluster-arn'),
    ...exactValues(statement, 'aws:requesttag/eks-cluster-name'),
  ];
  const [namespace, ...moreNamespaces] = namespaces;
  const [serviceAccount, ...moreNames] = names;
  // Several of either: which pairs are meant cannot be told.
  if (namespace === undefined || serviceAccount === undefined || moreNamespaces.length + moreNames.length > 0)
    return [];
  const mapping = { role, namespace, serviceAccount, namedBy: 'trust policy' } as const;
  const distinct = [...new Set(clusters)];
  return distinct.length === 1 && distinct[0] !== undefined
    ? [{ ...mapping, cluster: distinct[0] }]
    : [mapping];
}

function exactValues({ conditions }: Statement, key: string): string[] {
  return conditions
    .filter((condition) => condition.key.toLowerCase() === key && isPositive(condition))
    .flatMap(({ values }) => values)
    .filter((value) => !hasWildcard(value) && !value.includes('${'));
}

/** Tags with the names that EKS gives its session tags: a habit of people who write such roles. */
function fromTags(role: RoleView): NamedMapping[] {
  const tags = role.role.tags ?? {};
  const namespace = tags['kubernetes-namespace'];
  const serviceAccount = tags['kubernetes-service-account'];
  const cluster = tags['eks-cluster-arn'] ?? tags['eks-cluster-name'];
  if (namespace === undefined || serviceAccount === undefined) return [];
  return [
    { role, namespace, serviceAccount, namedBy: 'tags', ...(cluster === undefined ? {} : { cluster }) },
  ];
}
