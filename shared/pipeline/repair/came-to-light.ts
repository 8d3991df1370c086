import type { Finding } from '../../findings/finding.ts';

/**
 * Whether a finding says of a ServiceAccount what the answered findings named as their consequence: the fault kept it out
 * already, and the plan does not let it in. It comes to light with the fault gone, and is no harm that the plan did.
 */
export function cameToLight(
  { rule, namespace, serviceAccount, cluster }: Finding,
  answered: readonly Finding[],
): boolean {
  if (namespace === undefined || serviceAccount === undefined) return false;
  const name = cluster?.slice(cluster.lastIndexOf('/') + 1);
  return answered.some(
    ({ consequences }) =>
      consequences.includes(rule) &&
      consequences.some((words) => words.startsWith(`${namespace}/${serviceAccount} of ${name} `)),
  );
}
