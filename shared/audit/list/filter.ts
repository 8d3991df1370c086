import type { ClusterView, Missing } from '../../estate/estate.ts';
import { findMember } from '../../iam/languages/sets.ts';
import { subjectOf } from '../../identity/service-account.ts';
import type { List } from './report.ts';

/** What narrows a list; absent: everything. */
export interface ListFilter {
  readonly cluster?: ClusterView;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** ARN. */
  readonly role?: string;
}

/** True when a ServiceAccount of a cluster passes. */
export function passes(
  filter: ListFilter,
  row: { readonly namespace: string; readonly serviceAccount: string },
): boolean {
  return (
    (filter.namespace ?? row.namespace) === row.namespace &&
    (filter.serviceAccount ?? row.serviceAccount) === row.serviceAccount
  );
}

/** True when a pattern of subjects admits some ServiceAccount that passes. */
export function patternPasses(
  { namespace, serviceAccount }: ListFilter,
  { text, literal }: { readonly text: string; readonly literal: boolean },
): boolean {
  if (namespace === undefined && serviceAccount === undefined) return true;
  const wanted = subjectOf(namespace ?? '*', serviceAccount ?? '*');
  const set = (pattern: string, exact: boolean) => ({
    include: [{ text: pattern, literal: exact, ignoreCase: false }],
    exclude: [],
  });
  return findMember([set(text, literal), set(wanted, false)], []).found !== false;
}

/** The clusters that pass. */
export function clustersOf(
  clusters: readonly ClusterView[],
  { cluster }: ListFilter,
): readonly ClusterView[] {
  return cluster === undefined ? clusters : [cluster];
}

/** A missing read as a list tells it. */
export function unknownAt(where: string, missing: Missing | null): List['unknowns'] {
  return missing === null ? [] : [{ read: missing.read, reason: `${where}: ${missing.reason}` }];
}
