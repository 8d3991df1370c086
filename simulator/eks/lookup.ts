import type { Call } from '../operation.ts';
import { page } from '../paging.ts';
import type { ClusterState } from '../state.ts';
import { invalidParameter, invalidRequest, notFound } from './errors.ts';

/** The cluster of a call, or ResourceNotFound. */
export function clusterOf(call: Call, name: string | undefined): ClusterState {
  const cluster = call.region.clusters.get(name ?? '');
  if (cluster === undefined) throw notFound(`No cluster found for name: ${name}.`);
  return cluster;
}

/** The cluster of a call that needs it running. */
export function activeCluster(call: Call, name: string | undefined): ClusterState {
  const state = clusterOf(call, name);
  const { status } = state.cluster;
  if (status !== 'ACTIVE' && status !== 'UPDATING') {
    throw invalidRequest(`Cluster '${name}' is not in ACTIVE status, it is ${status}.`);
  }
  return state;
}

interface Asked {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Cuts EKS's page: 100 at most. */
export function eksPage<T>(call: Call, all: readonly T[], { maxResults, nextToken }: Asked) {
  if (maxResults !== undefined && (maxResults < 1 || maxResults > 100)) {
    throw invalidParameter('maxResults needs to be between 1 and 100');
  }
  const size = Math.min(maxResults ?? 100, call.pageSize);
  const { items, next } = page(all, size, nextToken, () => invalidParameter('The nextToken is not valid'));
  return { items, nextToken: next };
}

/** ARN of something of the call's region. */
export function eksArn(call: Call, resource: string): string {
  return `arn:${call.account.partition}:eks:${call.region.name}:${call.account.id}:${resource}`;
}
