import type { Severity } from '../../findings/finding.ts';
import type { Annotated } from '../../identity/annotated.ts';

/** Number of pods that run as a ServiceAccount; undefined where pods were not read. */
export function podsAtWork({
  cluster: { kubernetes },
  namespace,
  serviceAccount,
}: Pick<Annotated, 'cluster' | 'namespace' | 'serviceAccount'>): number | undefined {
  if (kubernetes.missing('pods') !== null) return undefined;
  return kubernetes.podsOf(namespace, serviceAccount).reduce((sum, { count }) => sum + count, 0);
}

/** Severity of a ServiceAccount without its identity: nobody misses it yet where no pod runs. */
export function severityByPods(pods: number | undefined): Severity {
  return pods === 0 ? 'medium' : 'high';
}

/** How many pods are concerned, to end a sentence with; empty where that is not known. */
export function podsWords(pods: number | undefined): string {
  if (pods === undefined) return '';
  if (pods === 0) return ' No pod runs as it now.';
  return ` ${pods} ${pods === 1 ? 'pod runs' : 'pods run'} as it.`;
}
