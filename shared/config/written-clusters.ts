import type { Deployment } from './deployment.ts';
import type { Fixes } from './fixes.ts';

/**
 * Positions of the clusters under `fixes.kubernetes` that no name or ARN under `deployment.kubernetes.clusters` is about;
 * a tag is not enough, since whoever may tag clusters could take it away.
 */
export function writtenUnread(
  fixes: Pick<Fixes, 'kubernetes'> | undefined,
  { kubernetes }: Pick<Deployment, 'kubernetes'>,
): number[] {
  const read = new Set(
    (kubernetes?.clusters ?? []).flatMap((reference) => ('cluster' in reference ? [reference.cluster] : [])),
  );
  return [...(fixes?.kubernetes ?? []).entries()]
    .filter(([, { cluster }]) => !read.has(cluster) && !read.has(cluster.slice(cluster.indexOf('/') + 1)))
    .map(([index]) => index);
}
