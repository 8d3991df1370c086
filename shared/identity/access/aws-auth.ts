import type { ClusterView } from '../../estate/estate.ts';
import { parseAwsAuth } from '../../kubernetes/aws-auth/parse-aws-auth.ts';
import type { AwsAuthRow, ParsedAwsAuth } from '../../kubernetes/aws-auth/parsed.ts';

const parsed = new WeakMap<ClusterView, ParsedAwsAuth>();

/** A cluster's aws-auth, parsed once; empty where there is none, and where it was not read, which `missing` tells. */
export function awsAuthOf(cluster: ClusterView): ParsedAwsAuth {
  let found = parsed.get(cluster);
  if (found === undefined) {
    found = parseAwsAuth(cluster.kubernetes.data.awsAuth?.data ?? {});
    parsed.set(cluster, found);
  }
  return found;
}

/** The rows that count, one for each ARN: roles are asked before users (aws-iam-authenticator, pkg/mapper/configmap). */
export function effectiveRows({ effective: { roles, users } }: ParsedAwsAuth): AwsAuthRow[] {
  return [...roles.values(), ...[...users].flatMap(([arn, row]) => (roles.has(arn) ? [] : [row]))];
}
