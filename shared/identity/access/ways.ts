import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { AccessEntry, Cluster } from '../../estate/snapshot.ts';
import { arnProblem } from '../../kubernetes/aws-auth/arn-problem.ts';
import { lowerCase } from '../../kubernetes/aws-auth/lower-case.ts';
import type { AwsAuthRow } from '../../kubernetes/aws-auth/parsed.ts';
import { awsAuthOf, effectiveRows } from './aws-auth.ts';
import { MASTERS } from './bound.ts';
import { canonicalArn, isServiceLinkedArn, parsePrincipal } from './principal.ts';
import { type Rights, rightsOf, type Signed } from './rights.ts';
import { entryUsername, isNodeType } from './username.ts';

/** Where a way in is written down; `creator`: nowhere, it is implied under CONFIG_MAP. */
export type Surface = 'access-entry' | 'aws-auth' | 'aws-auth-account' | 'creator';

/** `open`: who signs in gets it. `ignored`: the mode does not look there. `shadowed`: an entry comes first. `unmatched`: no caller has this ARN. */
type WayState = 'open' | 'ignored' | 'shadowed' | 'unmatched' | 'unknown';

/** One way into a cluster. */
export interface Way extends Signed {
  readonly surface: Surface;
  /** ARN as written, an account's id under `aws-auth-account`; null: a creator who is not known. */
  readonly principal: string | null;
  /** Type of the access entry. */
  readonly type?: string;
  readonly state: WayState;
  /** Why it is not open, one sentence; null when it is. */
  readonly why: string | null;
  /** For people and programs, for nodes, or for EKS itself and its capabilities. */
  readonly purpose: 'people' | 'nodes' | 'eks';
  readonly entry?: AccessEntry;
  readonly row?: AwsAuthRow;
  readonly rights: () => Rights;
}

/** Every way into a cluster, and what was not read of them. */
export interface ClusterAccess {
  readonly cluster: ClusterView;
  readonly mode: Cluster['authenticationMode'];
  readonly ways: readonly Way[];
  /** Lists that may hold further ways, and the mode when it is not known. */
  readonly missing: readonly Missing[];
}

const known = new WeakMap<ClusterView, ClusterAccess>();

/** Who can enter a cluster: access entries, aws-auth and the implied creator, each with what the mode makes of it. */
export function accessOf(cluster: ClusterView): ClusterAccess {
  let access = known.get(cluster);
  if (access === undefined) {
    access = build(cluster);
    known.set(cluster, access);
  }
  return access;
}

type Unfinished = Omit<Way, 'rights' | 'state' | 'why'> & Partial<Pick<Way, 'state' | 'why'>>;

function build(cluster: ClusterView): ClusterAccess {
  const mode = cluster.cluster.authenticationMode;
  const entries = (cluster.cluster.accessEntries ?? []).map((entry) => entryWay(entry, cluster));
  const keys = new Set(entries.flatMap(({ who }) => (who === null ? [] : [keyOf(canonicalArn(who))])));
  const awsAuth = awsAuthOf(cluster);
  const ways = [
    ...entries,
    ...effectiveRows(awsAuth).map((row) => rowWay(row, cluster, mode === 'CONFIG_MAP' ? new Set() : keys)),
    ...[...awsAuth.effective.accounts].map((account) => accountWay(account, cluster)),
    ...creatorWays(cluster),
  ];
  return {
    cluster,
    mode,
    ways: ways.map((way) => finished(way, cluster)),
    missing: missingOf(cluster),
  };
}

/** The authenticator compares ARNs without regard to case. */
const keyOf = lowerCase;

function entryWay(entry: AccessEntry, cluster: ClusterView): Unfinished {
  const who = parsePrincipal(entry.principalArn);
  return {
    surface: 'access-entry',
    principal: entry.principalArn,
    who,
    ...(entry.type !== undefined && { type: entry.type }),
    username: entryUsername(entry, who),
    groups: entry.groups ?? (entry.type === undefined ? null : defaultGroups(entry.type)),
    policies: entry.policies ?? null,
    purpose: purposeOf(entry.principalArn, isNodeType(entry.type), cluster),
    entry,
  };
}

/** EKS gives nodes their groups (EKS user guide, Create access entries); a STANDARD entry without groups has none. */
function defaultGroups(type: string): readonly string[] {
  if (!isNodeType(type)) return [];
  return type === 'EC2_WINDOWS' ? ['system:nodes', 'eks:kube-proxy-windows'] : ['system:nodes'];
}

function rowWay(row: AwsAuthRow, cluster: ClusterView, entries: ReadonlySet<string>): Unfinished {
  const who = parsePrincipal(row.arn) ?? parsePrincipal(keyOf(row.arn));
  const nodes = row.groups.includes('system:nodes') || row.username.startsWith('system:node:');
  const matched = who !== null && arnProblem(row)?.effect !== 'row-lost';
  const shadowed = matched && entries.has(keyOf(row.arn));
  return {
    surface: 'aws-auth',
    principal: row.arn,
    who,
    username: row.username,
    groups: row.groups,
    policies: [],
    purpose: purposeOf(row.arn, nodes, cluster),
    row,
    ...(!matched && {
      state: 'unmatched',
      why: 'No caller has this ARN: STS names roles without path and session.',
    }),
    ...(shadowed && { state: 'shadowed', why: 'The access entry of the same principal comes first.' }),
  };
}

/** Whoever is of the account gets in under the ARN, with no groups (aws-iam-authenticator, pkg/server, doMapping). */
function accountWay(account: string, cluster: ClusterView): Unfinished {
  return {
    surface: 'aws-auth-account',
    principal: account,
    who: null,
    username: `arn:${cluster.account.partition}:iam::${account}:{{Principal}}`,
    groups: [],
    policies: [],
    purpose: 'people',
  };
}

/**
 * Under CONFIG_MAP whoever created the cluster is its administrator, which no API shows and nothing takes away: EKS
 * refuses to create such a cluster without (CreateCluster, bootstrapClusterCreatorAdminPermissions). In the other modes
 * it is an access entry like any other.
 */
function creatorWays({ cluster: { authenticationMode, creatorAdmin, creator } }: ClusterView): Unfinished[] {
  if (authenticationMode !== 'CONFIG_MAP' || creatorAdmin === false) return [];
  return [
    {
      surface: 'creator',
      principal: creator?.arn ?? null,
      who: creator === undefined ? null : parsePrincipal(creator.arn),
      username: 'kubernetes-admin',
      groups: [MASTERS],
      policies: [],
      purpose: 'people',
      state: 'open',
    },
  ];
}

function purposeOf(arn: string, nodes: boolean, { cluster }: ClusterView): Way['purpose'] {
  const own = [cluster.roleArn, ...(cluster.capabilities ?? []).map(({ roleArn }) => roleArn)];
  if (isServiceLinkedArn(arn) || own.includes(arn)) return 'eks';
  return nodes ? 'nodes' : 'people';
}

function finished(way: Unfinished, cluster: ClusterView): Way {
  const { state, why } = stateIn(way, cluster);
  let rights: Rights | undefined;
  return { ...way, state, why, rights: () => (rights ??= rightsOf(way, cluster)) };
}

function stateIn(
  way: Unfinished,
  { cluster: { authenticationMode: mode } }: ClusterView,
): Pick<Way, 'state' | 'why'> {
  const entry = way.surface === 'access-entry';
  if (way.surface !== 'creator' && (entry ? mode === 'CONFIG_MAP' : mode === 'API')) {
    const where = entry ? 'access entries' : 'aws-auth';
    return { state: 'ignored', why: `Under authentication mode ${mode} EKS does not look at ${where}.` };
  }
  if (way.state !== undefined) return { state: way.state, why: way.why ?? null };
  if (mode === undefined) return { state: 'unknown', why: 'The authentication mode was not read.' };
  return { state: 'open', why: null };
}

function missingOf(cluster: ClusterView): Missing[] {
  const mode = cluster.cluster.authenticationMode;
  const unread: (Missing | null)[] = [
    mode === undefined
      ? { read: 'eks:DescribeCluster', reason: 'the authentication mode was not read' }
      : null,
    mode === 'CONFIG_MAP' ? null : cluster.missing('accessEntries'),
    mode === 'API' ? null : cluster.kubernetes.missing('awsAuth'),
  ];
  return unread.filter((missing) => missing !== null);
}
