import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import {
  awsAuth,
  entry,
  groupBinding,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import { ACCOUNT, estateOf } from '../../../shared/rules/examples/estate.ts';
import { type Attack, example, inAccount } from './attack.ts';

const row = (arn: string, groups: string, key = 'rolearn', username = 'team') =>
  `- ${key}: ${arn}\n  username: ${username}\n  groups: [${groups}]\n`;

interface Written {
  readonly mapRoles?: string;
  readonly mapUsers?: string;
}

/** A cluster that reads entries and aws-auth, as somebody wrote them. */
function written(data: Written, parts: Parameters<typeof readCluster>[0] = {}): Snapshot {
  return estateOf({
    roles: [teamRole()],
    clusters: [
      readCluster({
        authenticationMode: 'API_AND_CONFIG_MAP',
        kubernetes: kubernetes({
          awsAuth: awsAuth({ ...data }),
          roles: [{ name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
          bindings: [groupBinding('view', 'viewers'), groupBinding('view', 'editors')],
        }),
        ...parts,
      }),
    ],
  });
}

const noRoles = (snapshot: Snapshot) => inAccount(snapshot, () => ({ roles: [] }));
const ghost = { accessEntries: [entry()] };

/** Attacks on plans that write who may enter a cluster. */
export const ACCESS_ATTACKS: readonly Attack[] = [
  {
    who: 'edits a row of aws-auth that lets nobody in',
    rule: 'no-role-path-in-aws-auth',
    estate: example('no-role-path-in-aws-auth'),
    ends: { kind: 'waits', says: /names no caller/ },
  },
  {
    who: 'makes a role of the name that an entry has, under another path',
    rule: 'no-role-path-in-aws-auth',
    estate: inAccount(written({}, ghost), () => ({
      roles: [teamRole({ arn: `arn:aws:iam::${ACCOUNT}:role/evil/team` })],
    })),
    ends: { kind: 'waits', says: /names no caller/ },
  },
  {
    who: 'makes a role anew that had an access entry',
    rule: 'no-tombstoned-access-entry',
    estate: example('no-tombstoned-access-entry'),
    ends: { kind: 'waits', says: /for another principal/ },
  },
  {
    who: 'gives a node group a role that nothing maps',
    rule: 'no-missing-node-mapping',
    estate: example('no-missing-node-mapping'),
    ends: { kind: 'waits', says: /nodes of/ },
  },
  {
    who: 'maps a role in aws-auth whose entry is for nobody, so that its end lets the row count',
    rule: 'no-ghost-access-entry',
    estate: noRoles(written({ mapRoles: row(TEAM_ARN, 'system:masters') }, ghost)),
    ends: { kind: 'told', says: /aws-auth maps .*system:masters/ },
  },
  {
    who: 'writes a row of theirs with a slip, so that somebody corrects it',
    rule: 'no-invalid-aws-auth',
    estate: written({ mapRoles: row(TEAM_ARN, 'system:masters', 'rolearm') }),
    ends: { kind: 'waits', says: /whoever may edit it/ },
  },
  {
    who: 'gives Windows nodes the row of a role of theirs',
    rule: 'no-missing-windows-group',
    estate: written(
      {
        mapRoles: row(
          TEAM_ARN,
          'system:bootstrappers, system:nodes',
          'rolearn',
          '"system:node:{{EC2PrivateDNSName}}"',
        ),
      },
      { nodegroups: [{ name: 'windows', roleArn: TEAM_ARN, amiType: 'WINDOWS_CORE_2022_x86_64' }] },
    ),
    ends: { kind: 'waits', says: /nodes of/ },
  },
  {
    who: 'adds a second row for a role, which counts in place of the first',
    rule: 'no-duplicate-aws-auth-mapping',
    estate: written({
      mapRoles: `${row(TEAM_ARN, 'viewers')}${row(TEAM_ARN, 'editors', 'rolearn', 'evil')}`,
    }),
    ends: { kind: 'told', says: /evil in editors/ },
  },
  {
    who: 'makes a user of the name that a row has, under another path',
    rule: 'no-ghost-aws-auth-principal',
    estate: inAccount(
      written({ mapUsers: row(`arn:aws:iam::${ACCOUNT}:user/deploy`, 'viewers', 'userarn') }),
      () => ({ users: [{ arn: `arn:aws:iam::${ACCOUNT}:user/evil/deploy` }] }),
    ),
    ends: { kind: 'waits', says: /the row for/ },
  },
];
