import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../../shared/changes/plan.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Cluster, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { canonicalArn } from '../../../../shared/identity/access/principal.ts';
import { accessOf, type Way } from '../../../../shared/identity/access/ways.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { mappingsOf, migrateAccessEntries } from '../../../../shared/plans/migrations/access-entries.ts';
import type { Migration } from '../../../../shared/plans/migrations/migration.ts';
import {
  accessPolicy,
  awsAuth,
  entry,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../../../shared/rules/examples/access.ts';
import { ACCOUNT, estateOf } from '../../../../shared/rules/examples/estate.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { contextOf } from '../../../support/planning.ts';

const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const NODES = arn('nodes');
const PATHED = arn('people/ops');
const ROLES = [
  teamRole(),
  teamRole({ arn: NODES, id: 'AROANODES' }),
  teamRole({ arn: PATHED, id: 'AROAOPS' }),
];

const MAP = `# people
- rolearn: ${TEAM_ARN}
  username: team:{{SessionName}}
  groups: [system:masters, devs]
- rolearn: ${arn('ops')} # has a path in IAM
  username: ops
  groups:
  - viewers
- rolearn: ${NODES}
  username: system:node:{{EC2PrivateDNSName}}
  groups:
  - system:bootstrappers
  - system:nodes
`;

const estate = (data: Record<string, string>, changes: Partial<Cluster> = {}): Snapshot =>
  estateOf({
    roles: ROLES,
    clusters: [
      readCluster({
        authenticationMode: 'API_AND_CONFIG_MAP',
        nodegroups: [{ name: 'workers', roleArn: NODES, amiType: 'AL2023_x86_64_STANDARD' }],
        kubernetes: kubernetes({ awsAuth: awsAuth(data) }),
        ...changes,
      }),
    ],
  });
type Steps = { changeMode?: boolean; finish?: boolean };
function migrate(snapshot: Snapshot, steps: Steps = {}): Migration {
  const context = contextOf(snapshot);
  const [cluster] = context.estate.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const migration = migrateAccessEntries({ cluster, ...steps }, context);
  for (const { plan } of migration.plans) expect(planSchema.safeParse(plan).error).toBeUndefined();
  return migration;
}
const apply = (snapshot: Snapshot, { plans }: Migration): Snapshot =>
  applyToSnapshot(
    snapshot,
    plans.flatMap(({ plan }) => plan.changes),
  );
const kinds = ({ plans }: Migration) => plans.flatMap(({ plan }) => plan.changes.map(({ kind }) => kind));
const reasons = ({ refused }: Migration) => refused.flatMap((one) => one.reasons).join(' ');
const waysOf = (snapshot: Snapshot): readonly Way[] => {
  const [cluster] = buildEstate(snapshot).clusters;
  return cluster === undefined ? [] : accessOf(cluster).ways;
};

/** What a run leaves that ends after some writes of its only plan. */
function endedAfter(writes: number, snapshot: Snapshot): Snapshot {
  const changes = migrate(snapshot).plans.flatMap(({ plan }) => plan.changes);
  return applyToSnapshot(snapshot, changes.slice(0, writes));
}

describe('from aws-auth to access entries', () => {
  it('takes up what a run left that ended between an entry and its policy, and asks whether that was meant', () => {
    const start = estate({ mapRoles: MAP });
    const left = endedAfter(1, start);
    const again = migrate(left, { finish: true });
    expect(kinds(again)).toEqual(['access-policy', 'access-entry', 'access-entry']);
    expect(again.plans[0]?.plan.approval.join(' ')).toMatch(/somebody who means to keep the principal out/);
    expect(apply(left, again)).toEqual(apply(start, migrate(start)));
  });

  it.each<[string, Partial<ReturnType<typeof entry>>]>([
    ['another group', { groups: ['devs', 'more'] }],
    ['fewer groups', { groups: [] }],
    ['another username', { username: 'somebody' }],
    ['a policy that the row does not stand for', { policies: [accessPolicy('AmazonEKSViewPolicy')] }],
    ['another principal of the same ARN', { created: '2020-01-01T00:00:00Z' }],
  ])('leaves an entry with %s to people', (_, differs) => {
    const made = entry({ username: 'team:{{SessionName}}', groups: ['devs'], policies: [], ...differs });
    const migration = migrate(estate({ mapRoles: MAP }, { accessEntries: [made] }));
    expect(kinds(migration)).not.toContain('access-policy');
  });

  it('goes mode, entries, rows, mode, each step once and each irreversible one only when it is asked for', () => {
    const start = estate({ mapRoles: MAP }, { authenticationMode: 'CONFIG_MAP' });
    expect(migrate(start).plans).toEqual([]);
    expect(migrate(start).waiting.join(' ')).toMatch(/--change-mode plans it. 3 of 3 mappings/);
    const mode = migrate(start, { changeMode: true });
    expect(kinds(mode)).toEqual(['authentication-mode']);
    expect(mode.plans[0]?.plan.approval.join(' ')).toMatch(/Nothing takes/);

    const both = apply(start, mode);
    const entries = migrate(both, { finish: true });
    expect(kinds(entries)).toEqual(['access-entry', 'access-policy', 'access-entry', 'access-entry']);
    expect(entries.plans[0]?.plan.changes.filter(({ kind }) => kind === 'access-entry')).toMatchObject([
      {
        target: { principal: TEAM_ARN },
        after: { type: 'STANDARD', username: 'team:{{SessionName}}', groups: ['devs'] },
      },
      { target: { principal: PATHED }, after: { type: 'STANDARD', username: 'ops', groups: ['viewers'] } },
      { target: { principal: NODES }, after: { type: 'EC2_LINUX', groups: ['system:nodes'] } },
    ]);
    expect(entries.plans[0]?.plan.intent.source).toBe('approver');

    const represented = apply(both, entries);
    expect(migrate(represented).plans).toEqual([]);
    expect(migrate(represented).done.join(' ')).toMatch(/3 mappings/);
    const rows = migrate(represented, { finish: true });
    expect(kinds(rows)).toEqual(['aws-auth']);
    expect(rows.plans[0]?.plan.proof).toMatchObject({ adds: false, removes: false });
    const bare = apply(represented, rows);
    expect(waysOf(bare).filter(({ surface }) => surface === 'aws-auth')).toEqual([]);
    expect(JSON.stringify(bare)).toContain('# people');

    expect(migrate(bare, { finish: true }).plans).toEqual([]);
    const end = migrate(bare, { finish: true, changeMode: true });
    expect(kinds(end)).toEqual(['authentication-mode']);
    expect(migrate(apply(bare, end), { finish: true, changeMode: true }).plans).toEqual([]);
  });

  it('leaves entries that EKS made already', () => {
    const made = entry({
      principalArn: NODES,
      type: 'EC2_LINUX',
      groups: ['system:nodes'],
      policies: [],
      username: 'system:node:{{EC2PrivateDNSName}}',
    });
    const migration = migrate(estate({ mapRoles: MAP }, { accessEntries: [made] }));
    expect(JSON.stringify(migration.plans.map(({ plan }) => plan.changes))).not.toContain(NODES);
  });

  it.each<[string, RegExp, Record<string, string>]>([
    ['mapAccounts', /mapAccounts lets in/, { mapAccounts: `- "${ACCOUNT}"\n` }],
    [
      'a username of Kubernetes',
      /no usernames that begin/,
      { mapRoles: `- {rolearn: "${TEAM_ARN}", username: "system:admin", groups: [a]}\n` },
    ],
    [
      'a group of Kubernetes',
      /no groups that begin/,
      { mapRoles: `- {rolearn: "${TEAM_ARN}", username: a, groups: ["system:kube-scheduler"]}\n` },
    ],
    [
      'a template that entries do not know',
      /fill in/,
      { mapRoles: `- {rolearn: "${TEAM_ARN}", username: "a:{{SessionNameRaw}}", groups: [a]}\n` },
    ],
    [
      'a name of the session without a colon before it',
      /after a colon/,
      { mapRoles: `- {rolearn: "${TEAM_ARN}", username: "a-{{SessionName}}", groups: [a]}\n` },
    ],
    ['an empty username', /empty username/, { mapRoles: `- {rolearn: "${TEAM_ARN}", groups: [a]}\n` }],
    [
      'nodes with a group of their own',
      /groups of one's own/,
      {
        mapRoles: `- {rolearn: "${NODES}", username: "system:node:{{EC2PrivateDNSName}}", groups: ["system:nodes", "system:masters"]}\n`,
      },
    ],
    [
      'nodes under another name',
      /name nodes/,
      {
        mapRoles: `- {rolearn: "${NODES}", username: "system:node:{{SessionName}}", groups: ["system:nodes"]}\n`,
      },
    ],
    [
      'the root user',
      /roles and users/,
      { mapRoles: `- {rolearn: "arn:aws:iam::${ACCOUNT}:root", username: a, groups: [a]}\n` },
    ],
    [
      'a role outside of the organization',
      /outside of the organization/,
      { mapRoles: '- {rolearn: "arn:aws:iam::999999999999:role/x", username: a, groups: [a]}\n' },
    ],
  ])('names %s, and no row goes', (_, says, data) => {
    const migration = migrate(estate(data), { finish: true });
    expect(reasons(migration)).toMatch(says);
    expect(migration.plans).toEqual([]);
  });

  it('keeps the rows while one mapping cannot become an entry, and makes the entries of the others', () => {
    const mixed = estate({ mapRoles: MAP, mapAccounts: `- "${ACCOUNT}"\n` });
    const entries = migrate(mixed, { finish: true });
    expect(kinds(entries)).toContain('access-entry');
    const later = migrate(apply(mixed, entries), { finish: true });
    expect(later.plans).toEqual([]);
    expect(later.waiting.join(' ')).toMatch(/1 mappings cannot become entries/);
  });

  it('keeps the rows where an entry says less, or lets nobody in', () => {
    const less = migrate(
      estate(
        { mapRoles: MAP.slice(0, MAP.indexOf(`- rolearn: ${arn('ops')}`)) },
        { accessEntries: [entry()] },
      ),
      { finish: true },
    );
    expect(less.plans).toEqual([]);
    expect(reasons(less)).toMatch(/other rights or another username/);
    const dead = migrate(
      estate({ mapRoles: MAP }, { accessEntries: [entry({ created: '2020-01-01T00:00:00Z' })] }),
      { finish: true },
    );
    expect(kinds(dead)).not.toContain('aws-auth');
  });

  it('is refused where aws-auth, the mode or the entries were not read', () => {
    expect(reasons(migrate(estate({}, { kubernetes: {} })))).toMatch(/aws-auth/);
    expect(reasons(migrate(estate({}, { accessEntries: undefined } as never)))).toMatch(
      /ListAccessEntries|not in the snapshot/,
    );
  });

  it('makes nothing of rows that let nobody in: whoever writes them gains nothing by it', () => {
    const ghost = migrate(
      estate({
        mapRoles: `- {rolearn: "${arn('gone')}", username: a, groups: [system:masters]}\n- {rolearn: "${arn('people/ops')}", username: a, groups: [a]}\n`,
      }),
    );
    expect(ghost.plans).toEqual([]);
  });
});

const username = fc.constantFrom(
  'me',
  'a:{{SessionName}}',
  '{{SessionName}}',
  'system:admin',
  'system:node:{{EC2PrivateDNSName}}',
  'system:node:{{SessionName}}',
  '',
  '{{AccountID}}:x',
  'eks:x',
);
const group = fc.constantFrom(
  'system:masters',
  'system:nodes',
  'system:bootstrappers',
  'system:node-proxier',
  'eks:kube-proxy-windows',
  'devs',
  'viewers',
  'system:authenticated',
  'g-{{SessionName}}',
);
const principal = fc.constantFrom(
  TEAM_ARN,
  TEAM_ARN.toUpperCase().replace('ARN:AWS:IAM', 'arn:aws:iam').replace(':ROLE/', ':role/'),
  NODES,
  arn('ops'),
  PATHED,
  arn('gone'),
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/team/x`,
  'arn:aws:iam::999999999999:role/far',
  `arn:aws:iam::${ACCOUNT}:user/nobody`,
);
const row = fc.record({ rolearn: principal, username, groups: fc.uniqueArray(group, { maxLength: 4 }) });
const map = fc.record({ rows: fc.array(row, { maxLength: 6 }), accounts: fc.boolean() });

describe('any aws-auth', () => {
  it('has every mapping that lets somebody in represented, with the same name and no further group, or named', () => {
    fc.assert(
      fc.property(map, ({ rows, accounts }) => {
        const snapshot = estate({
          mapRoles: JSON.stringify(rows),
          ...(accounts && { mapAccounts: JSON.stringify([ACCOUNT]) }),
        });
        const migration = migrate(snapshot);
        const later = apply(snapshot, migration);
        const entries = new Map(
          waysOf(later).flatMap((way): [string, Way][] =>
            way.surface === 'access-entry' && way.who !== null && way.state === 'open'
              ? [[canonicalArn(way.who).toLowerCase(), way]]
              : [],
          ),
        );
        const view = buildEstate(snapshot);
        const [cluster] = view.clusters;
        if (cluster === undefined) throw new Error('no cluster');
        for (const { way, as } of mappingsOf(cluster, view)) {
          const named = migration.refused.some(({ target }) => target.includes(`(${way.principal})`));
          const by = entries.get(way.principal?.toLowerCase() ?? '');
          expect(named).toBe(as.kind === 'inexpressible');
          if (as.kind !== 'entry') {
            expect(by).toBeUndefined();
            continue;
          }
          expect(by?.username).toBe(way.username);
          const given = new Set([
            ...(way.groups ?? []),
            ...(as.entry.type === 'EC2_WINDOWS' ? ['eks:kube-proxy-windows'] : []),
          ]);
          for (const one of by?.groups ?? []) expect(given.has(one)).toBe(true);
          const left = (way.groups ?? []).filter((one) => by?.groups?.includes(one) !== true);
          for (const one of left)
            expect([
              'system:masters',
              'system:authenticated',
              'system:bootstrappers',
              'system:node-proxier',
              'eks:kube-proxy-windows',
            ]).toContain(one);
          expect((by?.policies ?? []).length).toBe(way.groups?.includes('system:masters') === true ? 1 : 0);
        }
        expect(entries.size).toBe(
          new Set(
            mappingsOf(cluster, view)
              .filter(({ as }) => as.kind === 'entry')
              .map(({ way }) => way.principal?.toLowerCase()),
          ).size,
        );
        expect(migrate(later).plans).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the demo organization', () => {
  it('comes over cluster by cluster: whoever got in gets in, under the same name, and a second run plans nothing', () => {
    const start = demoSnapshot();
    let planned = 0;
    for (const cluster of buildEstate(start).clusters) {
      const arnOf = cluster.cluster.arn;
      let now = start;
      const step = (steps: Steps) => {
        const context = contextOf(now);
        const view = context.estate.clusters.find((one) => one.cluster.arn === arnOf);
        if (view === undefined) throw new Error(arnOf);
        return migrateAccessEntries({ cluster: view, ...steps }, context);
      };
      const entering = () =>
        buildEstate(now)
          .clusters.filter((one) => one.cluster.arn === arnOf)
          .flatMap((one) => accessOf(one).ways)
          .filter(({ state, surface }) => state === 'open' && surface !== 'creator')
          .flatMap(({ who, username: name }) =>
            who === null ? [] : [`${canonicalArn(who).toLowerCase()} ${name}`],
          );
      const before = entering();
      for (let round = 0; round < 5; round++) {
        const migration = step({ changeMode: true, finish: true });
        planned += migration.plans.length;
        now = apply(now, migration);
        const after = new Set(entering());
        for (const one of before)
          expect([arnOf, round, after.has(one) || isNobody(one, now)]).toEqual([arnOf, round, true]);
      }
      expect(step({ changeMode: true, finish: true }).plans).toEqual([]);
    }
    expect(planned).toBeGreaterThan(0);
  });
});

/** A principal that does not exist gets in nowhere: its row goes without an entry. */
function isNobody(one: string, snapshot: Snapshot): boolean {
  const [principalArn = ''] = one.split(' ');
  const name = principalArn.split('/').at(-1) ?? '';
  return !buildEstate(snapshot).roles.some((role) => role.name.toLowerCase() === name);
}
