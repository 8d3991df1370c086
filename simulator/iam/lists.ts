import type { Call } from '../operation.ts';
import { page } from '../paging.ts';
import { validation } from './errors.ts';

interface Asked {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** Cuts IAM's page: 100 items unless asked otherwise, 1,000 at most. */
export function iamPage<T>(
  call: Call,
  all: readonly T[],
  { Marker, MaxItems }: Asked,
): { items: T[]; rest: { IsTruncated: boolean; Marker?: string } } {
  if (MaxItems !== undefined && (MaxItems < 1 || MaxItems > 1000)) {
    throw validation(
      `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000`,
    );
  }
  const size = Math.min(MaxItems ?? 100, call.pageSize);
  const { items, next } = page(all, size, Marker, () => validation('Invalid Marker.'));
  return { items, rest: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } };
}

/** Most of IAM's lists come sorted by name. */
export function byName<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
