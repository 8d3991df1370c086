import { isMadeForNodes } from './node-roles.ts';
import { isAutoNodePolicy } from './policies.ts';
import type { Standing } from './standing.ts';
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

/** True for an entry for nodes of Auto Mode whose policies were read, and theirs is not among them: they do not become ready. */
export function lacksAutoNodePolicy({ surface, type, policies }: Way): boolean {
  return surface === 'access-entry' && type === 'EC2' && policies?.some(isAutoNodePolicy) === false;
}

/**
 * True for a STANDARD entry that gives nothing to a role made for nodes, or the policy of the nodes of Auto Mode: nodes do
 * not join with it.
 */
export function isNodesAsPeople(way: Way, standing: Standing): boolean {
  if (way.surface !== 'access-entry' || way.type === undefined || isNodeType(way.type)) return false;
  if (way.policies?.some(isAutoNodePolicy) === true) return true;
  if (way.policies?.length !== 0) return false;
  const role = standing.kind === 'exists' ? standing.role : undefined;
  if (role === undefined || !isMadeForNodes(role)) return false;
  const { atLeast, grade } = way.rights();
  return atLeast === 'none' && (grade === 'none' || isBare(way));
}
