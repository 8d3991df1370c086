import { isAutomaticUsername, isNodeType } from './username.ts';
import type { Way } from './ways.ts';

/**
 * True for an entry that by itself gives nothing: no group, no policy, and a username that EKS made up, which next to
 * no binding names. A username of one's own is there to be bound.
 */
export function isBare({ surface, type, groups, policies, username, who }: Way): boolean {
  return (
    surface === 'access-entry' &&
    type !== undefined &&
    !isNodeType(type) &&
    groups?.length === 0 &&
    policies?.length === 0 &&
    username !== null &&
    isAutomaticUsername(username, who)
  );
}
