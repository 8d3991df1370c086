import type { Missing } from '../../estate/estate.ts';
import type { AccessEntry } from '../../estate/snapshot.ts';
import type { Standing } from './standing.ts';

/** Whether an entry was made for the principal that has its ARN today. */
export type Made =
  | { readonly kind: 'for-this' }
  /** The principal is younger than the entry. Both times, ISO 8601. */
  | { readonly kind: 'for-another'; readonly entry: string; readonly principal: string }
  | { readonly kind: 'unread'; readonly missing: Missing };

/**
 * EKS keeps the unique id of the principal with the entry and shows it nowhere: a role that was deleted and made again
 * has another, and the entry admits nobody (EKS API, AccessEntry, principalArn). EKS takes entries only for principals
 * that exist, so that one younger than its entry was made again.
 */
export function madeFor(entry: AccessEntry, standing: Standing): Made {
  if (standing.kind === 'unread') return standing;
  if (standing.kind === 'foreign') return { kind: 'unread', missing: OUTSIDE };
  if (standing.kind !== 'exists') return { kind: 'unread', missing: NOT_READ };
  const { role, created } = standing;
  if (role === undefined && created === undefined && /:root$/.test(entry.principalArn))
    return { kind: 'for-this' };
  if (created === undefined) return { kind: 'unread', missing: NOT_READ };
  if (entry.created === undefined) {
    return {
      kind: 'unread',
      missing: { read: 'eks:DescribeAccessEntry', reason: 'when the entry was made was not read' },
    };
  }
  return Date.parse(created) > Date.parse(entry.created)
    ? { kind: 'for-another', entry: entry.created, principal: created }
    : { kind: 'for-this' };
}

const OUTSIDE: Missing = {
  read: 'iam:GetAccountAuthorizationDetails',
  reason:
    'its account is not of the organization: whether it was made again since the entry shows there alone',
};

const NOT_READ: Missing = {
  read: 'iam:GetAccountAuthorizationDetails',
  reason: 'when the principal was made was not read',
};
