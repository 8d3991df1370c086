import { createEntry, deleteEntry } from '../identity/access/commands.ts';
import { declined } from '../plans/draft.ts';
import { draftEntryAnew } from '../plans/drafts/access-entry.ts';
import { draftAwsAuth } from '../plans/drafts/aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { admissionOf, type NodeOf, nodesIn, nodeWhere } from './doors/node-admission.ts';
import { entry, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, WINDOWS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** The group without which kube-proxy does not work on Windows (EKS user guide, Windows support). */
const WINDOWS_GROUP = 'eks:kube-proxy-windows';

/** Windows nodes whose mapping is that of Linux nodes. */
export default defineRule({
  number: 'PT-414',
  name: 'no-missing-windows-group',
  kind: 'broken',
  fix: 'guarded',
  title: 'Windows nodes are mapped as Linux nodes',
  why: 'Windows nodes need the group eks:kube-proxy-windows, or an access entry of type EC2_WINDOWS: without it they join, and kube-proxy and DNS do not work on them.',
  remedy: 'Add the group to the row of aws-auth, or make the access entry again with type EC2_WINDOWS.',
  references: [WINDOWS, ACCESS_ENTRIES],
  examples: () => {
    const parts = (type: string) => ({
      clusters: [
        readCluster({
          nodegroups: [{ name: 'windows', roleArn: TEAM_ARN, amiType: 'WINDOWS_CORE_2022_x86_64' }],
          accessEntries: [entry({ type, groups: ['system:nodes'], policies: [] })],
        }),
      ],
      roles: [teamRole()],
    });
    const show = (type: string) => ({
      nodegroup: { amiType: 'WINDOWS_CORE_2022_x86_64' },
      accessEntry: { type },
    });
    return {
      fails: estateExample('An entry for Linux nodes', parts('EC2_LINUX'), show('EC2_LINUX')),
      passes: estateExample('An entry for Windows nodes', parts('EC2_WINDOWS'), show('EC2_WINDOWS')),
    };
  },
  needs: ['clusters'],
  subjects: (scope) => nodesIn(scope).filter(({ role }) => role.windows && role.compute === 'ec2'),
  where: nodeWhere,
  check: (node) => {
    const { way, missing } = admissionOf(node);
    if (way === null) return missing === null ? pass : unknown(missing);
    const facts = { role: node.role.arn, from: node.role.from, surface: way.surface };
    if (way.surface === 'access-entry') {
      if (way.type === undefined)
        return unknown({ read: 'eks:DescribeAccessEntry', reason: 'the type of the entry was not read' });
      return way.type === 'EC2_LINUX' ? fail({ ...facts, has: way.type }) : pass;
    }
    if (way.groups?.includes(WINDOWS_GROUP) === true) return missing === null ? pass : unknown(missing);
    return missing === null ? fail({ ...facts, has: (way.groups ?? []).join(', ') }) : unknown(missing);
  },
  severity: () => 'high',
  message: ({ role, from, surface, has }, { cluster: { cluster } }) =>
    surface === 'access-entry'
      ? `The access entry of ${cluster.name} for ${role} (${from}, Windows) has type ${has}.`
      : `aws-auth of ${cluster.name} maps ${role} (${from}, Windows) without ${WINDOWS_GROUP}: ${has}.`,
  identity: () => [],
  repair: ({ role, surface }, { cluster }: NodeOf) => ({
    text:
      surface === 'access-entry'
        ? `Make the entry again: ${deleteEntry(cluster, role)} && ${createEntry(cluster, role, 'EC2_WINDOWS')}`
        : `Add ${WINDOWS_GROUP} to the groups of ${role} in mapRoles.`,
  }),
  plan: ({ role, surface }, node: NodeOf, _, repair) => {
    const { cluster } = node;
    const { way } = admissionOf(node);
    const wish = `the nodes of ${node.role.from}, whose role is ${role}`;
    if (surface === 'access-entry')
      return way?.entry === undefined
        ? declined(repair.text)
        : draftEntryAnew({
            cluster,
            entry: way.entry,
            type: 'EC2_WINDOWS',
            title: repair.text,
            wish,
            approval: [],
          });
    if (way?.row === undefined) return declined(repair.text);
    const { section, index } = way.row;
    const edit = { kind: 'add-groups', section, row: index, groups: [WINDOWS_GROUP] } as const;
    return draftAwsAuth(cluster, [edit], { title: repair.text, wish, else: repair.text });
  },
});
