import type { Finding } from '../../findings/finding.ts';
import type { IdentityGraph } from './data.ts';

/** Open findings by the name of the node that they are about: its ServiceAccount, role or cluster. */
export function findingsByNode<Found extends Finding>(
  { nodes }: Pick<IdentityGraph, 'nodes'>,
  findings: readonly Found[],
): ReadonlyMap<string, readonly Found[]> {
  const clusters = new Map<string, string[]>();
  for (const { kind, name, label, account } of nodes) {
    if (kind !== 'cluster') continue;
    const key = `${account ?? ''}/${label}`;
    clusters.set(key, [...(clusters.get(key) ?? []), name]);
  }
  const byNode = new Map<string, Found[]>();
  for (const finding of findings) {
    if (finding.status !== 'open') continue;
    for (const name of namesOf(finding, clusters)) {
      const list = byNode.get(name);
      if (list === undefined) byNode.set(name, [finding]);
      else list.push(finding);
    }
  }
  return byNode;
}

/** An account may have a cluster of that name in several regions, and a finding that names no region is about each. */
function namesOf(finding: Finding, clusters: ReadonlyMap<string, readonly string[]>): string[] {
  const { account, clusterAccount = account, region, cluster, namespace, serviceAccount, role } = finding;
  const named = cluster === undefined ? [] : (clusters.get(`${clusterAccount}/${cluster}`) ?? []);
  const arns = named.filter((arn) => region === undefined || regionOf(arn) === region);
  const holders =
    serviceAccount === undefined ? [] : arns.map((arn) => `${namespace ?? ''}/${serviceAccount} of ${arn}`);
  return [...arns, ...holders, ...(role === undefined ? [] : [role])];
}

/** Region of a cluster's ARN. */
function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}
