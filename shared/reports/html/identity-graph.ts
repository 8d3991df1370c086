import { listAssociations } from '../../audit/list/associations.ts';
import { listServiceAccounts } from '../../audit/list/service-accounts.ts';
import type { ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import type { Outcome } from '../../iam/evaluate.ts';
import type { Grade } from '../../iam/privileges.ts';
import type { Verdict } from '../../identity/chain.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { decidingPatterns } from '../../rules/doors/subject-shape.ts';
import { admits, NOBODY, type WebDoor, webDoors } from '../../rules/doors/web-door.ts';
import type { IdentityGraph } from './data.ts';
import { type GraphBuilder, graphBuilder } from './graph-builder.ts';

/**
 * Who gets from which cluster to which privileges: every ServiceAccount that should have a role, every pattern of a
 * trust policy that stands for ServiceAccounts nobody listed, the roles they get, and what those may do.
 */
export function identityGraph(estate: Estate): IdentityGraph {
  return graphOf(estate.clusters, estate, () => true);
}

/** The same of one account: its clusters, and of clusters elsewhere what leads to its roles. */
export function accountGraph(estate: Estate, account: string): IdentityGraph {
  const roles = estate.roles.filter((role) => role.account.id === account);
  const doors = roles.flatMap((role) => webDoors(role, estate).map(({ cluster }) => cluster));
  const reaching = new Set(doors.filter((cluster) => cluster !== null));
  const arns = new Set(roles.map(({ role }) => role.arn));
  const gives = ({ cluster }: ClusterView) =>
    (cluster.podIdentityAssociations ?? []).some(
      ({ roleArn, targetRoleArn }) => arns.has(roleArn ?? '') || arns.has(targetRoleArn ?? ''),
    );
  const clusters = estate.clusters.filter(
    (cluster) => cluster.account.id === account || reaching.has(cluster) || gives(cluster),
  );
  return graphOf(clusters, estate, (cluster, role) => cluster.account.id === account || arns.has(role));
}

/** Whether a role is drawn as what some ServiceAccount of a cluster gets; without a role it is an empty name. */
type Shows = (cluster: ClusterView, role: string) => boolean;

function graphOf(clusters: readonly ClusterView[], estate: Estate, shows: Shows): IdentityGraph {
  const graph = graphBuilder();
  const unknowns = clusters.flatMap((cluster) => addCluster(cluster, graph, estate, shows));
  const drawn = new Set(clusters);
  for (const role of estate.roles) {
    for (const door of webDoors(role, estate)) {
      const { cluster } = door;
      if (cluster === null || !drawn.has(cluster) || !shows(cluster, role.role.arn)) continue;
      addPatterns(door, cluster, graph, estate);
    }
  }
  const missing = [...estate.accounts.values()].flatMap((account) => account.missing('roles') ?? []);
  const words = [...unknowns, ...missing].map(({ read, reason }) => `${read}: ${reason}`);
  return graph.done([...new Set(words)]);
}

/** A cluster with its ServiceAccounts and the targets of its associations; returns the reads that are missing. */
function addCluster(view: ClusterView, graph: GraphBuilder, estate: Estate, shows: Shows) {
  const { cluster, account } = view;
  graph.node({ kind: 'cluster', name: cluster.arn, label: cluster.name, account: account.id });
  const accounts = listServiceAccounts(estate, { cluster: view });
  const associations = listAssociations(estate, { cluster: view }).rows;
  const targets = new Map(associations.map(({ role, target }) => [role ?? '', target ?? '']));
  const leads = (role: string) => shows(view, role) || shows(view, targets.get(role) ?? '');
  for (const row of accounts.rows) if (leads(row.role ?? '')) addServiceAccount(row, graph, estate);
  for (const row of associations)
    if (shows(view, row.role ?? '') || shows(view, row.target ?? '')) addTarget(row, graph, estate);
  return accounts.unknowns;
}

type Row = ReturnType<typeof listServiceAccounts>['rows'][number];
type Association = ReturnType<typeof listAssociations>['rows'][number];

function addTarget(association: Association, graph: GraphBuilder, estate: Estate): void {
  const { cluster, namespace, serviceAccount, role, target, state, reason } = association;
  if (role === null || target === null) return;
  addRole(role, graph, estate);
  addRole(target, graph, estate);
  const via = `${namespace}/${serviceAccount} of ${cluster}`;
  graph.edge({
    from: role,
    to: target,
    way: 'target',
    state,
    ...(reason !== null && { reason: `${via}: ${reason}` }),
  });
}

function addServiceAccount(row: Row, graph: GraphBuilder, estate: Estate): void {
  const { cluster, namespace, serviceAccount, mechanism, role, state, reason } = row;
  const label = `${namespace}/${serviceAccount}`;
  const name = `${label} of ${cluster}`;
  const standing = { state, ...(reason !== null && { reason }) };
  graph.node({ kind: 'service-account', name, label });
  if (role === null || mechanism === 'none') {
    // Without a role to lead to, it is the ServiceAccount itself that works or does not.
    graph.edge({ from: cluster, to: name, way: 'holds', ...standing });
    return;
  }
  graph.edge({ from: cluster, to: name, way: 'holds', state: 'works' });
  addRole(role, graph, estate);
  graph.edge({ from: name, to: role, way: mechanism, ...standing });
}

/** Patterns that name no ServiceAccount one by one, and statements that ask for no subject at all. */
function addPatterns(door: WebDoor, cluster: ClusterView, graph: GraphBuilder, estate: Estate): void {
  const { arn } = cluster.cluster;
  const found = new Map<string, string>();
  for (const { subject } of door.statements) {
    const patterns = decidingPatterns(subject);
    if (patterns.length === 0) found.set('any ServiceAccount', subjectOf(NOBODY, NOBODY));
    for (const { pattern, shape, example } of patterns) if (shape !== 'exact') found.set(pattern, example);
  }
  for (const [label, example] of found) {
    const name = `${label} of ${arn}`;
    const role = door.role.role.arn;
    graph.node({ kind: 'pattern', name, label });
    graph.edge({ from: arn, to: name, way: 'holds', state: 'works' });
    addRole(role, graph, estate);
    graph.edge({ from: name, to: role, way: 'irsa', ...admission(admits(door, example), example) });
  }
}

function admission(outcome: Outcome, example: string): { readonly state: Verdict; readonly reason?: string } {
  switch (outcome) {
    case 'allowed':
      return { state: 'works', reason: `admits ${example}` };
    case 'denied':
      return { state: 'broken', reason: `does not admit ${example}` };
    case 'undecided':
      return { state: 'unknown', reason: `whether it admits ${example} is undecided` };
  }
}

/** What a grade is called in a drawing. */
export const GRADES: Readonly<Record<Grade, string>> = {
  admin: 'Administrator',
  escalation: 'Can become more',
  data: 'Data',
  limited: 'Limited',
  none: 'Nothing',
  unknown: 'Not known',
};

function addRole(arn: string, graph: GraphBuilder, estate: Estate): void {
  const view: RoleView | undefined = estate.roleByArn.get(arn);
  const grade = view?.privileges().grade ?? 'unknown';
  const label = arn.slice(arn.lastIndexOf('/') + 1);
  graph.node({
    kind: 'role',
    name: arn,
    label,
    grade,
    ...(view !== undefined && { account: view.account.id }),
  });
  graph.node({ kind: 'privilege', name: grade, label: GRADES[grade], grade });
  graph.edge({
    from: arn,
    to: grade,
    way: 'grants',
    state: view === undefined || grade === 'unknown' ? 'unknown' : 'works',
    ...(view === undefined && { reason: 'The role was not read, or does not exist.' }),
  });
}
