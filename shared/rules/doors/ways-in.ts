import type { Config } from '../../config/config.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import type { Where } from '../../findings/finding.ts';
import { globMatcher } from '../../iam/glob.ts';
import { deadWay } from '../../identity/access/dead-way.ts';
import { type Standing, standingOf } from '../../identity/access/standing.ts';
import { accessOf, type Surface, type Way } from '../../identity/access/ways.ts';
import { clusterWhere } from '../places.ts';
import type { Scope } from '../scope.ts';
import { hasApiServer } from './api-server.ts';

/** One way into one cluster: what most rules about cluster access look at. */
export interface WayIn {
  readonly cluster: ClusterView;
  readonly way: Way;
}

/** The ways into the clusters in scope that count, or may count where the mode was not read. */
export function openWays({ clusters }: Scope, ...surfaces: readonly Surface[]): WayIn[] {
  return clusters.filter(hasApiServer).flatMap((cluster) =>
    accessOf(cluster)
      .ways.filter(
        ({ surface, state }) => surfaces.includes(surface) && (state === 'open' || state === 'unknown'),
      )
      .map((way) => ({ cluster, way })),
  );
}

/** The place of a finding about a way in. */
export function wayWhere({ cluster, way }: WayIn): Where {
  return { ...clusterWhere(cluster), ...(way.principal !== null && { principal: way.principal }) };
}

/** What the estate knows of the principal of a way; null where it names none that can be read. */
export function standingOfWay({ way }: WayIn, estate: Estate): Standing | null {
  return way.who === null ? null : standingOf(way.who, estate);
}

/** True for a way whose principal surely gets nothing by it: it does not exist, or an entry was made for one before it. */
export function isDead(wayIn: WayIn, estate: Estate): boolean {
  const standing = standingOfWay(wayIn, estate);
  return standing !== null && deadWay(wayIn.way, standing) !== null;
}

/** Clusters that look at aws-auth, as far as their mode is known. */
export function awsAuthClusters({ clusters }: Scope): ClusterView[] {
  return clusters.filter((view) => hasApiServer(view) && view.cluster.authenticationMode !== 'API');
}

/** True for a principal that the configuration means to be an administrator, always or in emergencies. */
export function isMeantAdmin({ access: { admins = [], breakGlass } }: Config, arn: string): boolean {
  return [...admins, ...breakGlass].some((pattern) => isMatch(pattern, arn));
}

/** True for a principal that the configuration names for emergencies. */
export function isBreakGlass({ access: { breakGlass } }: Config, arn: string): boolean {
  return breakGlass.some((pattern) => isMatch(pattern, arn));
}

/** aws-auth names roles without their path, so paths count only where both have one. */
function isMatch(pattern: string, arn: string): boolean {
  return globMatcher(pattern)(arn) || globMatcher(withoutPath(pattern))(withoutPath(arn));
}

function withoutPath(arn: string): string {
  return arn.replace(/:role\/.*\//, ':role/');
}
