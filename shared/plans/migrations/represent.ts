import type { StateOf } from '../../changes/change.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import { MASTERS } from '../../identity/access/bound.ts';
import { type NodeRole, nodeRolesOf } from '../../identity/access/node-roles.ts';
import type { PolicyGrant } from '../../identity/access/policies.ts';
import { isServiceLinkedArn, type Principal } from '../../identity/access/principal.ts';
import { standingOf } from '../../identity/access/standing.ts';
import { isAutomaticUsername } from '../../identity/access/username.ts';
import type { Way } from '../../identity/access/ways.ts';

/** What an access entry would have to say to stand for a row of aws-auth. */
export type Representation =
  | {
      readonly kind: 'entry';
      /** ARN with its path: entries know roles by it, rows by the name alone. */
      readonly principal: string;
      readonly entry: StateOf<'access-entry'>;
      readonly policies: readonly PolicyGrant[];
    }
  /** Nobody gets in by the row today. */
  | { readonly kind: 'nobody'; readonly why: string }
  /** Somebody does, or may, and no entry says the same. */
  | { readonly kind: 'inexpressible'; readonly why: string };

/** The access entry that stands for what a row of aws-auth gives today; never more than that. */
export function represent(way: Way, cluster: ClusterView, estate: Estate): Representation {
  if (way.surface === 'aws-auth-account')
    return no('mapAccounts lets in every principal of an account, and an entry is for one principal.');
  if (way.state === 'unmatched') return { kind: 'nobody', why: way.why ?? 'No caller has this ARN.' };
  const { who } = way;
  if (who === null || (who.kind !== 'role' && who.kind !== 'user'))
    return no('Entries are for roles and users.');
  const principal = principalOf(who, estate);
  if (typeof principal !== 'string') return principal;
  if (isServiceLinkedArn(principal)) return no('EKS takes no entries for service-linked roles.');
  return way.purpose === 'nodes'
    ? nodeEntry(way, who, principal, cluster)
    : personEntry(way, who, principal, cluster);
}

function no(why: string): Extract<Representation, { kind: 'inexpressible' }> {
  return { kind: 'inexpressible', why };
}

/** The ARN of whoever gets in by the row: rows leave out the path of a role. */
function principalOf(who: Principal, estate: Estate): string | Representation {
  const standing = standingOf(who, estate);
  switch (standing.kind) {
    case 'exists':
      return standing.role?.role.arn ?? who.arn;
    case 'elsewhere':
      return who.kind === 'role' ? standing.arn : { kind: 'nobody', why: `The user is ${standing.arn}.` };
    case 'absent':
      return { kind: 'nobody', why: 'The principal does not exist.' };
    case 'foreign':
      return no(
        'Its account is outside of the organization: an entry needs the whole ARN with its path, which shows there alone.',
      );
    case 'unread':
      return no(
        `Not known whether it exists, and with which path: ${standing.missing.read}: ${standing.missing.reason}.`,
      );
  }
}

/** Groups that entries of nodes bring with them, and the one for bootstrapping, which nodes with IAM credentials do not use. */
const NODE_GROUPS: ReadonlySet<string> = new Set([
  'system:bootstrappers',
  'system:nodes',
  'system:node-proxier',
  'eks:kube-proxy-windows',
]);
const BY_INSTANCE = 'system:node:{{EC2PrivateDNSName}}';
const BY_SESSION = 'system:node:{{SessionName}}';

function nodeEntry(way: Way, who: Principal, principal: string, cluster: ClusterView): Representation {
  const groups = way.groups ?? [];
  const own = groups.find((group) => !NODE_GROUPS.has(group));
  if (own !== undefined) return no(`Entries for nodes take no groups of one's own (${own}).`);
  if (!groups.includes('system:nodes')) return no('It has the name of a node without the group of nodes.');
  if (who.account !== cluster.account.id)
    return no("Entries for nodes take roles of the cluster's account alone.");
  const type = nodeType(way, principal, cluster);
  if (type === null)
    return no(
      'Its nodes are of more than one kind, or of one that the row does not tell: an entry has one type.',
    );
  const username = type === 'EC2_LINUX' || type === 'EC2_WINDOWS' ? BY_INSTANCE : BY_SESSION;
  if (way.username !== username)
    return no(`Entries of type ${type} name nodes ${username}, and the row ${way.username}.`);
  const names = type === 'EC2_WINDOWS' ? ['eks:kube-proxy-windows', 'system:nodes'] : ['system:nodes'];
  return { kind: 'entry', principal, entry: { type, groups: names }, policies: [] };
}

function nodeType({ groups, username }: Way, principal: string, cluster: ClusterView): string | null {
  const known = nodeRolesOf(cluster).filter(({ arn }) => arn.toLowerCase() === principal.toLowerCase());
  if (known.length > 0) {
    const types = new Set(known.map(typeOf));
    const [type = null, ...more] = types;
    return more.length === 0 ? type : null;
  }
  const has = (group: string) => groups?.includes(group) === true;
  if (username === BY_SESSION) return has('system:node-proxier') ? 'FARGATE_LINUX' : null;
  if (has('system:node-proxier')) return null;
  return has('eks:kube-proxy-windows') ? 'EC2_WINDOWS' : 'EC2_LINUX';
}

/** Nodes of Auto Mode and HyperPod have entries of their own from EKS: a row for them is nothing that it makes. */
function typeOf({ compute, windows }: NodeRole): string | null {
  switch (compute) {
    case 'ec2':
      return windows ? 'EC2_WINDOWS' : 'EC2_LINUX';
    case 'fargate':
      return 'FARGATE_LINUX';
    case 'hybrid':
      return 'HYBRID_LINUX';
    case 'auto':
    case 'hyperpod':
      return null;
  }
}

/** Prefixes that EKS keeps for itself (EKS user guide, Create access entries). */
const RESERVED = /^(?:system|eks|aws|amazon|iam):/;
/** Kubernetes gives this group to everyone who signs in. */
const EVERYONE = 'system:authenticated';

function personEntry(way: Way, who: Principal, principal: string, cluster: ClusterView): Representation {
  const groups = [...new Set(way.groups ?? [])]
    .filter((group) => group !== MASTERS && group !== EVERYONE)
    .sort();
  const reserved = groups.find((group) => RESERVED.test(group));
  if (reserved !== undefined) return no(`Entries take no groups that begin like ${reserved}.`);
  const odd = groups.find((group) => group === '' || group.includes('{{'));
  if (odd !== undefined)
    return no(`Entries take no group "${odd}": names of groups stand as they are in them.`);
  const username = usernameOf(way.username ?? '', who);
  if (typeof username === 'object') return username;
  const masters = way.groups?.includes(MASTERS) === true;
  return {
    kind: 'entry',
    principal,
    entry: { type: 'STANDARD', groups, ...(username !== undefined && { username }) },
    policies: masters ? [clusterAdmin(cluster)] : [],
  };
}

/** The access policy that gives what system:masters gives; entries take no groups of Kubernetes' own. */
function clusterAdmin({ account: { partition } }: ClusterView): PolicyGrant {
  return {
    policyArn: `arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
    scope: { type: 'cluster' },
  };
}

/** A username that an entry takes; undefined for the one that EKS gives when none is asked for. */
function usernameOf(username: string, who: Principal): string | undefined | Representation {
  if (isAutomaticUsername(username, who)) return undefined;
  if (username === '') return no('The row has an empty username, and entries take none.');
  if (RESERVED.test(username)) return no(`Entries take no usernames that begin like ${username}.`);
  const rest = username.replaceAll('{{AccountID}}', '').replaceAll(':{{SessionName}}', ':');
  if (rest.includes('{{') || (who.kind === 'user' && username.includes('{{SessionName}}')))
    return no(`Entries fill in {{AccountID}}, and {{SessionName}} of roles after a colon: not ${username}.`);
  return username;
}
