import type { ClusterName } from '../shared/audit/parts/gathered.ts';
import type { ClusterView, Estate, RoleView } from '../shared/estate/estate.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Finds a cluster by name or ARN. Throws UsageError when there is none (naming the nearest) or more than one. */
export function findCluster<Cluster extends Pick<ClusterName, 'cluster'>>(
  { clusters }: { readonly clusters: readonly Cluster[] },
  wanted: string,
): Cluster {
  const found = clusters.filter((view) => view.cluster.arn === wanted || view.cluster.name === wanted);
  const [first, second] = found;
  if (first === undefined) {
    throw new UsageError(`no cluster "${wanted}" was read${hint(wanted, clusterNames(clusters, wanted))}`);
  }
  if (second === undefined) return first;
  const arns = found.map((view) => view.cluster.arn).join(', ');
  throw new UsageError(`cluster "${wanted}" is ambiguous: give its ARN, one of ${arns}.`);
}

function clusterNames(clusters: readonly Pick<ClusterName, 'cluster'>[], wanted: string): string[] {
  const names = clusters.map(({ cluster }) => (wanted.startsWith('arn:') ? cluster.arn : cluster.name));
  return [...new Set(names)];
}

/** Finds a role by ARN or name. Throws UsageError when there is none (naming the nearest) or more than one. */
export function findRole(estate: Estate, wanted: string): RoleView {
  const exact = estate.roleByArn.get(wanted);
  if (exact !== undefined) return exact;
  const arn = findRoleArn(
    estate.roles.map(({ role }) => role.arn),
    wanted,
  );
  const found = estate.roleByArn.get(arn);
  if (found === undefined) throw new UsageError(`no role "${wanted}" was read.`);
  return found;
}

/** Finds a role among ARNs, by ARN or name. Throws UsageError as findRole does. */
export function findRoleArn(arns: readonly string[], wanted: string): string {
  if (arns.includes(wanted)) return wanted;
  const found = arns.filter((arn) => nameOfRole(arn) === wanted);
  const [first, second] = found;
  if (first === undefined) {
    const names = wanted.startsWith('arn:') ? arns : arns.map(nameOfRole);
    throw new UsageError(`no role "${wanted}" was read${hint(wanted, names)}`);
  }
  if (second === undefined) return first;
  throw new UsageError(`role "${wanted}" is ambiguous: give its ARN, one of ${found.join(', ')}.`);
}

const nameOfRole = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The ARN that a `--role` of a question means: an ARN as it is, a name in the cluster's account. */
export function roleArn(estate: Estate, cluster: ClusterView, wanted: string): string {
  if (wanted.startsWith('arn:')) return wanted;
  const inAccount = cluster.account.roles.find((view) => view.name === wanted);
  if (inAccount !== undefined) return inAccount.role.arn;
  return findRole(estate, wanted).role.arn;
}

/** What to do about a name that nothing has: the nearest one, or how many there are. */
export function hint(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return ': nothing of the kind could be read (see coverage with `podtrust audit`).';
  const found = nearest(wanted, names);
  const many = names.length > 1 ? `${names.length} were read` : `only "${names[0]}" was read`;
  return found === null ? ` (${many}).` : `; nearest is "${found}" (${many}).`;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Refuses names that Kubernetes refuses: namespaces are RFC 1123 labels, ServiceAccounts RFC 1123 subdomains. */
export function checkServiceAccount(namespace: string, serviceAccount: string): void {
  if (!LABEL.test(namespace)) {
    throw new UsageError(
      `"${namespace}" is no Kubernetes namespace: 1 to 63 of a-z, 0-9 and "-", as in "kube-system".`,
    );
  }
  if (!SUBDOMAIN.test(serviceAccount)) {
    throw new UsageError(
      `"${serviceAccount}" is no ServiceAccount name: a-z, 0-9, "-" and ".", as in "external-dns".`,
    );
  }
}
