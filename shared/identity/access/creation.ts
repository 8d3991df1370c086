import type { Cluster, Creator } from '../../estate/snapshot.ts';
import { canonicalArn, parsePrincipal } from './principal.ts';

/** A CreateCluster event that succeeded: of which cluster, when, and who called. */
export interface Creation {
  readonly region: string;
  readonly cluster: string;
  /** ISO 8601. */
  readonly time: string;
  /** Role behind the session, or the caller; absent where the record names nobody. */
  readonly arn?: string;
  readonly session?: string;
}

/** EKS notes the time of creation when it takes the call, and CloudTrail's times have whole seconds. */
const WITHIN = 10 * 60_000;

/**
 * The cluster with its creator, where one of the events is of its creation: one of the same name that was deleted before
 * was created at another time. A creator that is known stays.
 */
export function withCreator(cluster: Cluster, region: string, creations: readonly Creation[]): Cluster {
  const { created, name } = cluster;
  if (cluster.creator !== undefined || created === undefined) return cluster;
  const found = creations.find(
    (one) =>
      one.region === region &&
      one.cluster === name &&
      Math.abs(Date.parse(one.time) - Date.parse(created)) <= WITHIN,
  );
  const creator = found === undefined ? null : creatorOf(found);
  return creator === null ? cluster : { ...cluster, creator };
}

/** Roles, users and root; of a session whose role the record leaves out, the role without its path. */
function creatorOf({ arn, session, time }: Creation): Creator | null {
  const who = arn === undefined ? null : parsePrincipal(arn);
  if (who === null || who.kind === 'federated-user') return null;
  const name = session ?? (who.kind === 'session' ? who.session : undefined);
  return {
    arn: who.kind === 'session' ? canonicalArn(who) : who.arn,
    ...(name !== undefined && { session: name.slice(0, 256) }),
    at: time,
  };
}
