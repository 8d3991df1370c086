import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { Where } from '../../findings/finding.ts';
import { type NodeRole, nodeRolesOf } from '../../identity/access/node-roles.ts';
import { canonicalArn, parsePrincipal } from '../../identity/access/principal.ts';
import { accessOf, type Way } from '../../identity/access/ways.ts';
import { clusterWhere } from '../places.ts';
import type { Scope } from '../scope.ts';
import { hasApiServer } from './api-server.ts';

/** A role with which nodes join a cluster. */
export interface NodeOf {
  readonly cluster: ClusterView;
  readonly role: NodeRole;
}

/** The roles of the nodes of the clusters in scope. */
export function nodesIn({ clusters }: Scope): NodeOf[] {
  return clusters
    .filter(hasApiServer)
    .flatMap((cluster) => nodeRolesOf(cluster).map((role) => ({ cluster, role })));
}

export function nodeWhere({ cluster, role }: NodeOf): Where {
  return { ...clusterWhere(cluster), principal: role.arn };
}

/** What lets a node role in: the entry, or else the row of aws-auth; null when nothing that was read does. */
export interface Admission {
  readonly way: Way | null;
  /** What may still let it in, or come first. */
  readonly missing: Missing | null;
}

export function admissionOf({ cluster, role }: NodeOf): Admission {
  const { ways, missing } = accessOf(cluster);
  const wanted = canonical(role.arn);
  const open = ways.filter(
    ({ principal, state }) =>
      principal !== null && canonical(principal) === wanted && (state === 'open' || state === 'unknown'),
  );
  const entry = open.find(
    ({ surface, principal }) => surface === 'access-entry' && same(principal, role.arn),
  );
  const way = entry ?? open.find(({ surface }) => surface === 'aws-auth') ?? null;
  return { way, missing: entry === undefined ? (missing[0] ?? null) : null };
}

const same = (one: string | null, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

function canonical(arn: string): string {
  const principal = parsePrincipal(arn);
  return (principal === null ? arn : canonicalArn(principal)).toLowerCase();
}
