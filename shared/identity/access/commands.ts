import type { ClusterView } from '../../estate/estate.ts';
import { canonicalArn, type Principal } from './principal.ts';

/** Words of a shell: names come from strangers, and people paste these lines. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function eks(verb: string, { cluster, region }: ClusterView, principalArn: string): string {
  return `aws eks ${verb} --region ${quoted(region)} --cluster-name ${quoted(cluster.name)} --principal-arn ${quoted(principalArn)}`;
}

/** Creates an entry. */
export function createEntry(cluster: ClusterView, principalArn: string, type?: string): string {
  return `${eks('create-access-entry', cluster, principalArn)}${type === undefined ? '' : ` --type ${type}`}`;
}

/** Deletes an entry, its policies with it. */
export function deleteEntry(cluster: ClusterView, principalArn: string): string {
  return eks('delete-access-entry', cluster, principalArn);
}

/** Gives an entry one of AWS's policies, for the whole cluster; without a name the least of them, as an example. */
export function associate(cluster: ClusterView, principalArn: string, name = 'AmazonEKSViewPolicy'): string {
  const policy = `arn:${cluster.account.partition}:eks::aws:cluster-access-policy/${name}`;
  return `${eks('associate-access-policy', cluster, principalArn)} --policy-arn ${policy} --access-scope type=cluster`;
}

/** The element of `mapRoles` or `mapUsers` that maps a principal, with a group for the reader to choose. */
export function mappingLine(principal: Principal, groups = '[YOUR-GROUP]'): string {
  const arn = canonicalArn(principal);
  const [section, key] = principal.kind === 'user' ? ['mapUsers', 'userarn'] : ['mapRoles', 'rolearn'];
  const username =
    principal.kind === 'user'
      ? principal.name
      : `${'name' in principal ? principal.name : 'root'}:{{SessionName}}`;
  return `${section}: - {${key}: ${arn}, username: "${username}", groups: ${groups}}`;
}
