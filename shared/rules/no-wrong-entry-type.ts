import type { Estate, Missing, RoleView } from '../estate/estate.ts';
import { isForNoInstance, type NodeRole, nodeRolesOf } from '../identity/access/node-roles.ts';
import { AUTO_NODE_POLICY, grantText, isAutoNodePolicy } from '../identity/access/policies.ts';
import { isNodesAsPeople } from '../identity/access/powerless.ts';
import { isNodeType } from '../identity/access/username.ts';
import { defineRule } from './define-rule.ts';
import { openWays, standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { entry, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Access entries whose type does not fit who they are for, or what they give. */
export default defineRule({
  number: 'PT-407',
  name: 'no-wrong-entry-type',
  kind: 'broken',
  fix: 'manual',
  title: 'The type of the access entry does not fit its principal',
  why: 'The type decides as whom a principal signs in: nodes do not join with a STANDARD entry, nor with one for another kind of node, and entries for nodes take neither groups nor policies. It cannot be changed afterwards.',
  remedy:
    'Delete the entry and create it again with the type that fits. Nodes that run stay until their credentials are asked for again.',
  references: [ACCESS_ENTRIES],
  examples: () => {
    const parts = (type: string) => ({
      clusters: [
        readCluster({
          nodegroups: [{ name: 'workers', roleArn: TEAM_ARN, amiType: 'AL2023_x86_64_STANDARD' }],
          accessEntries: [entry({ type, policies: [], groups: type === 'STANDARD' ? [] : ['system:nodes'] })],
        }),
      ],
      roles: [teamRole()],
    });
    return {
      fails: estateExample('The role of a node group with a STANDARD entry', parts('STANDARD'), {
        nodeRole: TEAM_ARN,
        type: 'STANDARD',
      }),
      passes: estateExample('An entry for Linux nodes', parts('EC2_LINUX'), {
        nodeRole: TEAM_ARN,
        type: 'EC2_LINUX',
      }),
    };
  },
  needs: ['accessEntries'],
  subjects: (scope) => openWays(scope, 'access-entry').filter(({ way }) => way.purpose !== 'eks'),
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const { way, cluster } = wayIn;
    const principal = way.principal ?? '';
    if (way.who === null || way.who.kind === 'session') {
      return fail({ principal, type: way.type ?? '', what: 'it names no role or user that can sign in' });
    }
    if (way.type === undefined) {
      return unknown({ read: 'eks:DescribeAccessEntry', reason: 'the type of the entry was not read' });
    }
    const nodes = nodeRolesOf(cluster).filter(({ arn }) => arn.toLowerCase() === principal.toLowerCase());
    const what = isNodeType(way.type)
      ? wrongForNodes(wayIn, nodes, estate)
      : wrongForPeople(wayIn, nodes, estate);
    if (what !== null) return fail({ principal, type: way.type, what });
    const missing = unreadNodes(wayIn, estate);
    return missing === null ? pass : unknown(missing);
  },
  severity: (_, { way }) => (way.purpose === 'nodes' || way.type === 'STANDARD' ? 'high' : 'medium'),
  message: ({ principal, type, what }, { cluster: { cluster } }) =>
    `The access entry of ${cluster.name} for ${principal} has type ${type || 'not known'}, and ${what}.`,
  identity: () => [],
});

/** Types with which each kind of node joins. One that Windows needs too is judged by a rule of its own. */
const FITTING: Readonly<Record<NodeRole['compute'], readonly string[]>> = {
  ec2: ['EC2_LINUX', 'EC2_WINDOWS', 'EC2'],
  auto: ['EC2', 'EC2_LINUX'],
  fargate: ['FARGATE_LINUX'],
  hybrid: ['HYBRID_LINUX'],
  hyperpod: ['HYPERPOD_LINUX', 'EC2_LINUX'],
};

function wrongForNodes(wayIn: WayIn, nodes: readonly NodeRole[], estate: Estate): string | null {
  const { type = '', policies, groups } = wayIn.way;
  const [first] = nodes;
  if (first !== undefined && !nodes.some(({ compute }) => FITTING[compute].includes(type))) {
    return `${first.from} does not join with it: ${FITTING[first.compute][0] ?? ''} does`;
  }
  const role = roleOf(wayIn, estate);
  if (first === undefined && type.startsWith('EC2') && role !== undefined && isForNoInstance(role)) {
    const hybrid = /"(?:rolesanywhere|ssm)\.amazonaws\./i.test(role.role.trustPolicy);
    return `no instance can have that role: ${hybrid ? 'HYBRID_LINUX is for nodes outside of EC2' : 'STANDARD is for people and programs'}`;
  }
  // Nodes of Auto Mode have AmazonEKSAutoNodePolicy.
  const [policy] = type === 'EC2_LINUX' || type === 'EC2_WINDOWS' ? (policies ?? []) : [];
  if (policy !== undefined) return `entries for nodes take no policies (${grantText(policy)})`;
  const own = (groups ?? []).find((group) => !/^(?:system|eks):/.test(group));
  return own === undefined ? null : `entries for nodes take no groups of one's own (${own})`;
}

/** Prefixes that EKS keeps for itself (EKS user guide, Create access entries). */
const RESERVED = /^(?:system|aws|amazon|iam):/;

function wrongForPeople(wayIn: WayIn, nodes: readonly NodeRole[], estate: Estate): string | null {
  const { username, groups, entry: written } = wayIn.way;
  const [first] = nodes;
  if (first !== undefined)
    return `${first.from} does not join with it: ${FITTING[first.compute][0] ?? ''} does`;
  const reserved = (groups ?? []).find((group) => group.startsWith('system:'));
  if (reserved !== undefined) return `EKS does not take the reserved group ${reserved}`;
  if (written?.username !== undefined && RESERVED.test(username ?? ''))
    return `the username ${username} is reserved`;
  const standing = standingOfWay(wayIn, estate);
  if (wayIn.way.policies?.some(isAutoNodePolicy) === true)
    return `${AUTO_NODE_POLICY} is for nodes of Auto Mode, which join by an entry of type EC2 alone`;
  return standing !== null && isNodesAsPeople(wayIn.way, standing)
    ? 'the role has the policy of nodes, which do not join with it: EC2_LINUX does'
    : null;
}

function roleOf(wayIn: WayIn, estate: Estate): RoleView | undefined {
  const standing = standingOfWay(wayIn, estate);
  return standing?.kind === 'exists' ? standing.role : undefined;
}

/** The lists that would tell whether a STANDARD entry is for nodes, where the role is one that instances may have. */
function unreadNodes(wayIn: WayIn, estate: Estate): Missing | null {
  if (isNodeType(wayIn.way.type)) return null;
  const role = roleOf(wayIn, estate);
  const mayBe =
    role !== undefined &&
    /ec2|fargate/i.test(role.role.trustPolicy) &&
    role.role.attachedPolicies === undefined;
  return mayBe ? wayIn.cluster.missing('nodegroups') : null;
}
