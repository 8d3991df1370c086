import { awsAuthOf } from '../identity/access/aws-auth.ts';
import { isMisnamedNode } from '../identity/access/bound.ts';
import { createEntry } from '../identity/access/commands.ts';
import { parsePrincipal } from '../identity/access/principal.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf } from '../identity/access/ways.ts';
import { draftNodeEntry } from '../plans/drafts/access-entry.ts';
import { draftAwsAuth } from '../plans/drafts/aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { admissionOf, type NodeOf, nodesIn, nodeWhere } from './doors/node-admission.ts';
import { entry, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, ACCESS_MIGRATION } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles of nodes that nothing lets into the cluster. */
export default defineRule({
  number: 'PT-417',
  name: 'no-missing-node-mapping',
  kind: 'broken',
  fix: 'guarded',
  title: 'Nodes cannot join: nothing maps their role',
  why: 'Nodes sign in like everyone else. Without an access entry, or a row of aws-auth with the group system:nodes and a username that begins with system:node:, new nodes do not join and running ones turn NotReady.',
  remedy: 'Create an access entry of the type of the nodes, or put the row back that EKS wrote.',
  references: [ACCESS_ENTRIES, ACCESS_MIGRATION],
  examples: () => {
    const parts = (accessEntries: ReturnType<typeof entry>[]) => ({
      clusters: [readCluster({ nodegroups: [{ name: 'workers', roleArn: TEAM_ARN }], accessEntries })],
      roles: [teamRole()],
    });
    const nodes = entry({ type: 'EC2_LINUX', groups: ['system:nodes'], policies: [] });
    return {
      fails: estateExample('No entry for the role of the node group', parts([]), { nodeRole: TEAM_ARN }),
      passes: estateExample('An entry for nodes', parts([nodes]), {
        nodeRole: TEAM_ARN,
        accessEntry: 'EC2_LINUX',
      }),
    };
  },
  needs: ['clusters', 'nodegroups', 'fargateProfiles'],
  subjects: (scope) =>
    nodesIn(scope).filter(({ role: { compute } }) => compute === 'ec2' || compute === 'fargate'),
  where: nodeWhere,
  check: (node, { estate }) => {
    const { way, missing } = admissionOf(node);
    const { arn, from, compute } = node.role;
    if (way?.surface === 'access-entry') return pass;
    if (missing !== null) return unknown(missing);
    const username = way?.username ?? '';
    const evidence = { role: arn, from, compute, username };
    if (isMisnamedNode(way?.groups ?? [], way?.username ?? null))
      return fail({ ...evidence, problem: 'username' as string });
    if (way?.groups?.includes('system:nodes') === true) return pass;
    const principal = parsePrincipal(arn);
    const gone = principal !== null && standingOf(principal, estate).kind === 'absent';
    if (way === null && (gone || isToldElsewhere(node))) return pass;
    return fail({ ...evidence, problem: way === null ? 'mapping' : 'group' });
  },
  severity: () => 'high',
  message: ({ role, from, problem, username }, { cluster: { cluster } }) =>
    problem === 'username'
      ? `aws-auth of ${cluster.name} maps ${role} (${from}) to the username "${username}": nodes are called system:node: and their name.`
      : problem === 'group'
        ? `aws-auth of ${cluster.name} maps ${role} (${from}) without the group system:nodes.`
        : `Nothing lets ${role} (${from}) into ${cluster.name}.`,
  identity: ({ compute }) => [compute],
  repair: ({ role, compute, problem }, { cluster }: NodeOf) => ({
    text:
      problem !== 'mapping' || cluster.cluster.authenticationMode === 'CONFIG_MAP'
        ? `In mapRoles of aws-auth: ${nodeRow(role, compute)}`
        : `Create its entry: ${createEntry(cluster, role, compute === 'fargate' ? 'FARGATE_LINUX' : 'EC2_LINUX')}`,
  }),
  plan: ({ role, from, compute, problem }, node: NodeOf, _, repair) => {
    const { cluster } = node;
    const { way } = admissionOf(node);
    const wish = `the nodes of ${from}, whose role is ${role}`;
    const words = { title: repair.text, wish, else: repair.text };
    if (way?.row !== undefined) {
      const { section, index, groups } = way.row;
      const { username: value } = nodeMapping(role, compute);
      if (problem === 'username')
        return draftAwsAuth(
          cluster,
          [{ kind: 'set-field', section, row: index, key: 'username', value }],
          words,
        );
      const missing = NODE_GROUPS.filter((group) => !groups.includes(group));
      return draftAwsAuth(cluster, [{ kind: 'add-groups', section, row: index, groups: missing }], words);
    }
    if (cluster.cluster.authenticationMode === 'CONFIG_MAP')
      return draftAwsAuth(
        cluster,
        [{ kind: 'add-row', section: 'mapRoles', ...nodeMapping(role, compute) }],
        words,
      );
    return draftNodeEntry(cluster, role, compute === 'fargate' ? 'FARGATE_LINUX' : 'EC2_LINUX', wish);
  },
});

/** A row that is spoilt by its path, or that stands in a section which cannot be read, is told as that. */
function isToldElsewhere({ cluster, role }: NodeOf): boolean {
  const name = role.arn.slice(role.arn.lastIndexOf('/') + 1).toLowerCase();
  const lost = awsAuthOf(cluster).lost.some(({ text }) => text.toLowerCase().includes(name));
  return (
    lost ||
    accessOf(cluster).ways.some(
      ({ who, state, surface }) =>
        (state === 'unmatched' || surface === 'access-entry') &&
        who !== null &&
        'name' in who &&
        who.name.toLowerCase() === name,
    )
  );
}

/** Groups of the row that EKS writes for nodes (EKS user guide, aws-auth). */
const NODE_GROUPS = ['system:bootstrappers', 'system:nodes'];

function nodeMapping(arn: string, compute: string) {
  const fargate = compute === 'fargate';
  return {
    arn: arn.replace(/:role\/.*\//, ':role/'),
    username: `system:node:{{${fargate ? 'SessionName' : 'EC2PrivateDNSName'}}}`,
    groups: [...NODE_GROUPS, ...(fargate ? ['system:node-proxier'] : [])],
  };
}

function nodeRow(role: string, compute: string): string {
  const { arn, username, groups } = nodeMapping(role, compute);
  return `- {rolearn: ${arn}, username: "${username}", groups: [${groups.join(', ')}]}`;
}
