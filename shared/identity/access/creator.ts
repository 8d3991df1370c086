import type { ClusterView, Estate } from '../../estate/estate.ts';
import type { Creator } from '../../estate/snapshot.ts';
import type { Request } from '../../iam/request.ts';
import { rolePermits } from '../role-permits.ts';
import { canonicalArn, type Principal, parsePrincipal } from './principal.ts';
import type { Standing } from './standing.ts';

/** Whether a principal created a cluster. */
export type Creation =
  | { readonly kind: 'created'; readonly detail: string }
  | { readonly kind: 'not-created'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly read: string; readonly detail: string };

/**
 * Whether somebody created the cluster: by the CreateCluster event where it is known. Otherwise ruled out for other
 * accounts, for whoever is younger than the cluster, and for roles whose permissions do not include eks:CreateCluster.
 */
export function creationBy(
  principal: Principal,
  standing: Standing,
  cluster: ClusterView,
  estate: Estate,
): Creation {
  const { name, creator } = cluster.cluster;
  if (creator !== undefined) return byEvent(principal, standing, creator);
  const no = (detail: string): Creation => ({ kind: 'not-created', detail });
  if (principal.account !== cluster.account.id)
    return no(`${name} was created in account ${cluster.account.id}.`);
  if (standing.kind === 'exists') {
    const { created, role } = standing;
    const born = cluster.cluster.created;
    if (created !== undefined && born !== undefined && Date.parse(created) > Date.parse(born)) {
      return no(`${name} is older (${born}) than the principal (${created}).`);
    }
    if (
      role !== undefined &&
      rolePermits(role, createCluster(role.role.arn, principal.account), estate).kind === 'refused'
    ) {
      return no('The permissions of the role do not include eks:CreateCluster.');
    }
  }
  return {
    kind: 'unknown',
    read: 'cloudtrail:LookupEvents',
    detail: `Who created ${name} is not known; whoever did is its administrator without being listed.`,
  };
}

function byEvent(principal: Principal, standing: Standing, creator: Creator): Creation {
  const who = parsePrincipal(creator.arn);
  const same = who !== null && canonicalArn(who).toLowerCase() === canonicalArn(principal).toLowerCase();
  const by = creator.session === undefined ? creator.arn : `${creator.arn} (session ${creator.session})`;
  if (!same) return { kind: 'not-created', detail: `It was created by ${by}.` };
  if (isAnother(creator, standing)) {
    return {
      kind: 'unknown',
      read: 'eks:DescribeCluster',
      detail: 'It was created by a principal of this name; the one of today was made afterwards.',
    };
  }
  return { kind: 'created', detail: `It was created by ${by}.` };
}

/** True when the principal that has the creator's ARN today is not the one that created the cluster. */
export function isAnother({ id, at }: Creator, standing: Standing): boolean {
  if (standing.kind !== 'exists') return false;
  if (id !== undefined && standing.id !== undefined) return id !== standing.id;
  return standing.created !== undefined && Date.parse(standing.created) > Date.parse(at);
}

/** The resource stays open: policies name clusters by patterns, and this one's name need not be the first. */
function createCluster(arn: string, account: string): Request {
  return {
    caller: { kind: 'aws', arn, account },
    action: 'eks:CreateCluster',
    context: (key) => (key === 'aws:principalarn' ? [arn] : 'unknown'),
  };
}
