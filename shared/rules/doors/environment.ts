import type { Config } from '../../config/config.ts';
import type { ClusterView } from '../../estate/estate.ts';

/** The environment of a cluster: from the configuration by ARN or name, else from its tag in any case; null when it has none. */
export function environmentOf({ cluster }: ClusterView, { environments }: Config): string | null {
  const configured = own(environments.clusters, cluster.arn) ?? own(environments.clusters, cluster.name);
  if (configured !== undefined) return configured;
  const wanted = environments.tag.toLowerCase();
  const tag = Object.entries(cluster.tags ?? {}).find(([key]) => key.toLowerCase() === wanted);
  return tag?.[1] ?? null;
}

function own(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
