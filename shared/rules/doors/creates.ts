import { canonicalArn, parsePrincipal } from '../../identity/access/principal.ts';
import type { WayIn } from './ways-in.ts';

/** True for the way of whoever is known to have created the cluster, where that alone makes an administrator. */
export function creates({ cluster: { cluster }, way: { who } }: WayIn): boolean {
  if (cluster.creator === undefined || who === null) return false;
  if (cluster.authenticationMode !== 'CONFIG_MAP' || cluster.creatorAdmin === false) return false;
  const creator = parsePrincipal(cluster.creator.arn);
  return creator !== null && canonicalArn(creator).toLowerCase() === canonicalArn(who).toLowerCase();
}
