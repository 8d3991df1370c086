import type { Finding } from '../../findings/finding.ts';

/**
 * Whether a finding says of a ServiceAccount what the answered findings named as their consequence: the fault kept it out
 * already, and the plan does not let it in. It comes to light with the fault gone, and is no harm that the plan did.
 */
export function cameToLight(finding: Finding, answered: readonly Finding[]): boolean {
  const { rule, namespace, serviceAccount, cluster } = finding;
  if (namespace === undefined || serviceAccount === undefined) return false;
  const name = cluster?.slice(cluster.lastIndexOf('/') + 1);
  return answered.some(
    (one) =>
      isOfOnePlace(finding, one) &&
      one.consequences.includes(rule) &&
      one.consequences.some((words) => words.startsWith(`${namespace}/${serviceAccount} of ${name} `)),
  );
}

/** Words name clusters by their names, which others have too: as far as the answered finding says more, it has to fit. */
function isOfOnePlace(
  finding: Finding,
  { role, region, cluster, account, clusterAccount }: Finding,
): boolean {
  if (role !== undefined && role !== finding.role) return false;
  if (region !== undefined && region !== finding.region) return false;
  return cluster === undefined || (clusterAccount ?? account) === (finding.clusterAccount ?? finding.account);
}
