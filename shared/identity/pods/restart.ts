import type { Workload } from './workloads.ts';

/** Kinds that `kubectl rollout restart` takes (kubectl reference). */
const ROLLED_OUT = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

const PLAIN = /^[A-Za-z0-9][-A-Za-z0-9.]*$/;

/**
 * The command that makes a workload's pods anew, so that the webhook sees them; null where none does: pods of a Job come
 * with its next run, pods of nobody must be created by whoever made them.
 */
export function restartCommand({ kind, apiVersion, namespace, name, groups }: Workload): string | null {
  if (!PLAIN.test(namespace) || !PLAIN.test(name)) return null;
  if (ROLLED_OUT.has(kind) && (apiVersion ?? 'apps/v1') === 'apps/v1')
    return `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()}/${name}`;
  if (kind === 'Rollout' && apiVersion?.startsWith('argoproj.io/') === true)
    return `kubectl argo rollouts -n ${namespace} restart ${name}`;
  if (kind === 'Pod' || kind === 'Job' || kind === 'CronJob') return null;
  const names = [...new Set(groups.flatMap((group) => group.names))].filter((one) => PLAIN.test(one));
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  if (names.length === 0 || count > names.length) return null;
  return `kubectl -n ${namespace} delete pod ${names.join(' ')}`;
}

/** How a workload's pods are made anew, in words. */
export function restartWords(workload: Workload): string {
  const command = restartCommand(workload);
  if (command !== null) return command;
  switch (workload.kind) {
    case 'CronJob':
      return 'its next run is made anew';
    case 'Job':
      return 'run the Job again';
    case 'Pod':
      return 'create the Pod again';
    default:
      return `delete its pods, so that ${workload.kind} ${workload.name} makes new ones`;
  }
}

/** What gives the pods what they lack, in words: where they set one of the two variables themselves, no restart alone does. */
export function mendingWords(workload: Workload, lacking: readonly { readonly reason: string }[]): string {
  const first = lacking.some(({ reason }) => reason === 'half') ? 'take the variable out, then ' : '';
  return `${first}${restartWords(workload)}`;
}
