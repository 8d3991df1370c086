import type { Change, ChangeOf, StateOf } from '../../changes/change.ts';
import type { ClusterView } from '../../estate/estate.ts';
import type { AccessEntry } from '../../estate/snapshot.ts';
import { parsePrincipal } from '../../identity/access/principal.ts';
import { isAutomaticUsername, isNodeType } from '../../identity/access/username.ts';
import { type Declined, type Draft, declined } from '../draft.ts';

/** Deletes an access entry, its policies before it. `approval`: what its end would let count. */
export function draftNoEntry(
  cluster: ClusterView,
  entry: AccessEntry,
  approval: readonly string[] = [],
): Draft {
  const changes = deletion(cluster, entry);
  if ('kind' in changes) return changes;
  return {
    kind: 'draft',
    title: `Delete the access entry of ${entry.principalArn} in cluster ${cluster.cluster.name}.`,
    wish: 'nobody: the change only takes access away',
    changes,
    approval,
  };
}

interface Anew {
  readonly cluster: ClusterView;
  readonly entry: AccessEntry;
  /** ARN and type that it shall have; absent: the same as now. */
  readonly principal?: string;
  readonly type?: string;
  readonly title: string;
  readonly wish: string;
  readonly approval: readonly string[];
}

/** Makes an access entry anew, with all that it grants: first the new one where that has another principal. */
export function draftEntryAnew({ cluster, entry, title, wish, approval, ...wanted }: Anew): Draft {
  const gone = deletion(cluster, entry);
  if ('kind' in gone) return gone;
  const made = creation(cluster, {
    ...entry,
    principalArn: wanted.principal ?? entry.principalArn,
    ...(wanted.type !== undefined && { type: wanted.type }),
  });
  if ('kind' in made) return made;
  const moves = wanted.principal !== undefined && wanted.principal !== entry.principalArn;
  return { kind: 'draft', title, wish, approval, changes: moves ? [...made, ...gone] : [...gone, ...made] };
}

/** Creates an access entry for nodes. */
export function draftNodeEntry(cluster: ClusterView, principal: string, type: string, wish: string): Draft {
  const change: ChangeOf<'access-entry'> = {
    kind: 'access-entry',
    target: targetOf(cluster, principal),
    before: null,
    after: { type, groups: nodeGroups(type) },
  };
  return {
    kind: 'draft',
    title: `Create an access entry of type ${type} for ${principal} in cluster ${cluster.cluster.name}.`,
    wish,
    changes: [change],
  };
}

/** EKS gives entries of nodes their groups (EKS user guide, Create access entries). */
function nodeGroups(type: string): string[] {
  return type === 'EC2_WINDOWS' ? ['eks:kube-proxy-windows', 'system:nodes'] : ['system:nodes'];
}

function deletion(cluster: ClusterView, entry: AccessEntry): Change[] | Declined {
  const state = entryState(entry);
  if (state === null || entry.policies === undefined)
    return declined(
      `eks:DescribeAccessEntry: what the entry of ${entry.principalArn} grants was not read, so that it could not be made again.`,
    );
  const target = targetOf(cluster, entry.principalArn);
  return [
    ...entry.policies.map(
      ({ policyArn, scope }): Change => ({
        kind: 'access-policy',
        target: { ...target, policy: policyArn },
        before: scope,
        after: null,
      }),
    ),
    { kind: 'access-entry', target, before: state, after: null },
  ];
}

function creation(cluster: ClusterView, entry: AccessEntry): Change[] | Declined {
  const state = entryState(entry);
  if (state === null)
    return declined(`eks:DescribeAccessEntry: the entry of ${entry.principalArn} was not read.`);
  const target = targetOf(cluster, entry.principalArn);
  return [
    { kind: 'access-entry', target, before: null, after: state },
    ...(entry.policies ?? []).map(
      ({ policyArn, scope }): Change => ({
        kind: 'access-policy',
        target: { ...target, policy: policyArn },
        before: null,
        after: scope,
      }),
    ),
  ];
}

/** Null where only the list was read. */
function entryState({
  type,
  username,
  groups,
  tags,
  principalArn,
}: AccessEntry): StateOf<'access-entry'> | null {
  if (type === undefined) return null;
  const automatic =
    username === undefined || isNodeType(type) || isAutomaticUsername(username, parsePrincipal(principalArn));
  return {
    type,
    groups: isNodeType(type) ? nodeGroups(type) : [...(groups ?? [])].sort(),
    ...(!automatic && { username }),
    ...(tags !== undefined && { tags }),
  };
}

function targetOf(
  { account, region, cluster }: ClusterView,
  principal: string,
): ChangeOf<'access-entry'>['target'] {
  return { account: account.id, region, cluster: cluster.name, principal };
}
