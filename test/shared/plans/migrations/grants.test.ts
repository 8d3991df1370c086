import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../../shared/changes/plan.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Cluster, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { accessOf } from '../../../../shared/identity/access/ways.ts';
import { serviceAccountChain } from '../../../../shared/identity/service-account-chain.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../../shared/plans/auto-eligibility.ts';
import type { Asked } from '../../../../shared/plans/migrations/asked.ts';
import { planAssociation } from '../../../../shared/plans/migrations/associate.ts';
import { planAccess } from '../../../../shared/plans/migrations/grant-access.ts';
import {
  kubernetes as accessKubernetes,
  accessPolicy,
  awsAuth,
  entry,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../../../shared/rules/examples/access.ts';
import {
  ACCOUNT,
  association,
  cluster,
  estateOf,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import { clusterWith, podGroup, serviceAccount } from '../../../../shared/rules/examples/kubernetes.ts';
import { contextOf } from '../../../support/planning.ts';

const VIEW = 'AmazonEKSViewPolicy';
const MASTERS_ROW = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [system:masters, devs]\n`;

function only<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('there is none');
  return first;
}
function planOf(asked: Asked) {
  if (asked.kind !== 'plan') throw new Error(JSON.stringify(asked));
  expect(planSchema.safeParse(asked.plan).error).toBeUndefined();
  return asked.plan;
}
function reasonOf(asked: Asked): string {
  if (asked.kind !== 'declined') throw new Error(JSON.stringify(asked));
  return asked.reasons.join(' ');
}
const clusterOf = (snapshot: Snapshot) => only(buildEstate(snapshot).clusters);

function grant(
  changes: Partial<Cluster>,
  wanted: { principal?: string; policy?: string; namespaces?: string[] } = {},
  parts: Parameters<typeof estateOf>[0] = {},
) {
  const snapshot = estateOf({ roles: [teamRole()], clusters: [readCluster(changes)], ...parts });
  const context = contextOf(snapshot);
  const view = only(context.estate.clusters);
  const { principal = TEAM_ARN, policy = VIEW, namespaces = [] } = wanted;
  return { snapshot, context, asked: planAccess({ cluster: view, principal, policy, namespaces }, context) };
}

describe('access that a person asks for', () => {
  it('is an entry and its policy, on the wish of whoever asked, and never runs by itself', () => {
    const { snapshot, context, asked } = grant({});
    const plan = planOf(asked);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['access-entry', 'access-policy']);
    expect(plan.intent).toMatchObject({ source: 'approver', wish: expect.stringContaining('grant-access') });
    expect(plan.blockers).toEqual([]);
    expect(autoEligibility(plan, context).eligible).toBe(false);
    const later = applyToSnapshot(snapshot, plan.changes);
    expect(accessOf(clusterOf(later)).ways.map(({ principal, state }) => [principal, state])).toEqual([
      [TEAM_ARN, 'open'],
    ]);
    const again = contextOf(later);
    const second = planAccess(
      { cluster: only(again.estate.clusters), principal: TEAM_ARN, policy: VIEW, namespaces: [] },
      again,
    );
    expect(second.kind).toBe('done');
  });

  it('adds a policy to the entry that is there', () => {
    const plan = planOf(
      grant({ accessEntries: [entry()] }, { policy: 'AmazonEKSEditPolicy', namespaces: ['shop'] }).asked,
    );
    expect(plan.changes).toMatchObject([
      { kind: 'access-policy', before: null, after: { namespaces: ['shop'] } },
    ]);
  });

  it('adds a namespace to those that a policy covers, and leaves the others', () => {
    const held = entry({ policies: [accessPolicy(VIEW, 'dev')] });
    const plan = planOf(grant({ accessEntries: [held] }, { namespaces: ['shop'] }).asked);
    expect(plan.changes).toMatchObject([
      { before: { namespaces: ['dev'] }, after: { namespaces: ['dev', 'shop'] } },
    ]);
  });

  it('has nothing to do in a namespace of a cluster that the policy covers whole', () => {
    expect(grant({ accessEntries: [entry()] }, { namespaces: ['shop'] }).asked.kind).toBe('done');
  });

  it('takes along what a row of aws-auth gives, since an entry comes before it', () => {
    const { snapshot, asked } = grant({
      authenticationMode: 'API_AND_CONFIG_MAP',
      kubernetes: accessKubernetes({ awsAuth: awsAuth({ mapRoles: MASTERS_ROW }) }),
    });
    const plan = planOf(asked);
    const way = accessOf(clusterOf(applyToSnapshot(snapshot, plan.changes))).ways.find(
      ({ surface }) => surface === 'access-entry',
    );
    expect(way).toMatchObject({ username: 'team', groups: ['devs'], state: 'open' });
    expect(way?.policies?.map(({ policyArn }) => policyArn.split('/')[1]).sort()).toEqual([
      'AmazonEKSClusterAdminPolicy',
      VIEW,
    ]);
  });

  it.each<[string, RegExp, Partial<Cluster>, Parameters<typeof grant>[1], Parameters<typeof grant>[2]?]>([
    [
      'where the cluster does not look at entries',
      /migrate access-entries/,
      { authenticationMode: 'CONFIG_MAP' },
      {},
    ],
    ['where entries were not read', /not in the snapshot/, { accessEntries: undefined } as never, {}],
    [
      'where a row of aws-auth was not read, whose effect an entry would take',
      /nobody has seen/,
      { authenticationMode: 'API_AND_CONFIG_MAP', kubernetes: {} },
      {},
    ],
    [
      'for a row of aws-auth that no entry says',
      /without giving the same/,
      {
        authenticationMode: 'API_AND_CONFIG_MAP',
        kubernetes: accessKubernetes({
          awsAuth: awsAuth({ mapRoles: MASTERS_ROW.replace('username: team', 'username: system:team') }),
        }),
      },
      {},
    ],
    ['for a role that does not exist', /does not exist/, {}, { principal: `${TEAM_ARN}2` }],
    [
      'for a role without its path',
      /its path differs/,
      {},
      {},
      { roles: [teamRole({ arn: `arn:aws:iam::${ACCOUNT}:role/x/team` })] },
    ],
    [
      'for a session',
      /give arn:aws:iam::111122223333:role\/team/,
      {},
      { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/team/me` },
    ],
    ['for the root user', /root user alone/, {}, { principal: `arn:aws:iam::${ACCOUNT}:root` }],
    [
      'for what is no access policy',
      /no access policy/,
      {},
      { policy: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ],
    ['for an entry of nodes', /is for nodes/, { accessEntries: [entry({ type: 'EC2_LINUX' })] }, {}],
    [
      'for an entry of a role that was made again since',
      /tombstoned/,
      { accessEntries: [entry({ created: '2020-01-01T00:00:00Z' })] },
      { policy: 'AmazonEKSEditPolicy' },
    ],
  ])('is declined %s', (_, says, changes, wanted, parts) => {
    expect(reasonOf(grant(changes, wanted, parts).asked)).toMatch(says);
  });
});

const other = { namespace: 'shop', name: 'checkout', annotations: {} };
const agent = { addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }] };

function associate(
  of: Cluster,
  trust = trustPolicy({
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }),
  changes: Parameters<typeof role>[0] = {},
) {
  const snapshot = estateOf({ roles: [role({ trustPolicy: trust, ...changes })], clusters: [of] });
  const context = contextOf(snapshot);
  const view = only(context.estate.clusters);
  const wanted = {
    cluster: view,
    namespace: 'shop',
    serviceAccount: 'checkout',
    role: only(context.estate.roles),
  };
  return { snapshot, context, asked: planAssociation(wanted, context) };
}

describe('an association that a person asks for', () => {
  it('comes with a statement for just this ServiceAccount of just this cluster, and works', () => {
    const { snapshot, context, asked } = associate(clusterWith({ serviceAccounts: [other] }, agent));
    const plan = planOf(asked);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'pod-identity-association']);
    expect(plan.intent.source).toBe('approver');
    expect(plan.blockers).toEqual([]);
    expect(plan.wakes).toEqual([]);
    expect(autoEligibility(plan, context).eligible).toBe(false);
    const later = contextOf(applyToSnapshot(snapshot, plan.changes));
    const [view] = later.estate.clusters;
    if (view === undefined) throw new Error('no cluster');
    const chain = serviceAccountChain(
      { cluster: view, namespace: 'shop', serviceAccount: 'checkout' },
      later.estate,
    );
    expect(chain.mechanism).toBe('pod-identity');
    expect(chain.steps.filter(({ check, status }) => check.startsWith('trust') && status !== 'pass')).toEqual(
      [],
    );
    const again = {
      cluster: view,
      namespace: 'shop',
      serviceAccount: 'checkout',
      role: only(later.estate.roles),
    };
    expect(planAssociation(again, later).kind).toBe('done');
    const stranger = planAssociation({ ...again, serviceAccount: 'stranger' }, later);
    expect(planOf(stranger).changes[0]?.kind).toBe('trust-policy');
  });

  it('adds the name beside those of the statement that says the same besides', () => {
    const first = associate(clusterWith({ serviceAccounts: [other] }, agent));
    const later = contextOf(applyToSnapshot(first.snapshot, planOf(first.asked).changes));
    const asked = planAssociation(
      {
        cluster: only(later.estate.clusters),
        namespace: 'shop',
        serviceAccount: 'basket',
        role: only(later.estate.roles),
      },
      later,
    );
    const plan = planOf(asked);
    const [change] = plan.changes;
    const after: { Statement: unknown[] } = JSON.parse(
      change?.kind === 'trust-policy' ? (change.after ?? '') : '',
    );
    expect(after.Statement).toHaveLength(2);
    expect(JSON.stringify(after.Statement[1])).toContain('["checkout","basket"]');
    expect(plan.proof.shown.map(({ holds }) => holds)).not.toContain('no');
  });

  it('is the statement alone where the association is there', () => {
    const of = clusterWith(
      { serviceAccounts: [other] },
      { ...agent, podIdentityAssociations: [association()] },
    );
    expect(planOf(associate(of).asked).changes.map(({ kind }) => kind)).toEqual(['trust-policy']);
  });

  it('says which role an annotation gives that the pods lose', () => {
    const of = clusterWith(
      {
        serviceAccounts: [
          serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': `${ROLE_ARN}-old` } }),
        ],
      },
      agent,
    );
    expect(planOf(associate(of).asked).approval.join(' ')).toContain(`${ROLE_ARN}-old`);
  });

  it.each<[string, RegExp, Cluster, Parameters<typeof role>[0]?]>([
    [
      'for a role of another account',
      /takes roles of the cluster's account/,
      clusterWith({}, agent),
      { arn: 'arn:aws:iam::999999999999:role/far' },
    ],
    [
      'where another role is associated',
      /already: delete it/,
      clusterWith({}, { ...agent, podIdentityAssociations: [association({ roleArn: `${ROLE_ARN}-x` })] }),
    ],
    ['without agent', /Install the agent first/, clusterWith({ agents: [] })],
    ['for pods on Fargate', /Fargate/, clusterWith({ pods: [podGroup({ compute: 'fargate' })] }, agent)],
    ['for pods on Windows', /Windows/, clusterWith({ pods: [podGroup({ os: 'windows' })] }, agent)],
    [
      'where associations were not read',
      /not in the snapshot/,
      clusterWith({}, { podIdentityAssociations: undefined } as never),
    ],
    [
      'at the limit of associations',
      /5000 of 5000/,
      clusterWith(
        {},
        {
          ...agent,
          podIdentityAssociations: Array.from({ length: 5000 }, (_, i) =>
            association({ id: `a-${i}`, serviceAccount: `w-${i}` }),
          ),
        },
      ),
    ],
  ])('is declined %s', (_, says, of, changes) => {
    const far = changes?.arn?.includes('999999999999') === true;
    if (far) {
      const snapshot = estateOf({
        clusters: [of],
        otherAccounts: [
          {
            id: '999999999999',
            partition: 'aws',
            roles: [role(changes)],
            users: [],
            oidcProviders: [],
            policies: [],
            regions: [],
          },
        ],
      });
      const context = contextOf(snapshot);
      const wanted = {
        cluster: only(context.estate.clusters),
        namespace: 'shop',
        serviceAccount: 'checkout',
        role: only(context.estate.roles),
      };
      expect(reasonOf(planAssociation(wanted, context))).toMatch(says);
      return;
    }
    expect(reasonOf(associate(of, undefined, changes).asked)).toMatch(says);
  });

  it('is declined where a Deny keeps Pod Identity out, and where the trust policy has no room', () => {
    const deny = trustPolicy({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' });
    expect(reasonOf(associate(cluster(agent), deny).asked)).toMatch(/a Deny/);
    const long = trustPolicy(
      ...Array.from({ length: 12 }, (_, i) => ({
        Sid: `Long${i}`,
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/a-role-with-a-name-that-is-rather-long-${i}` },
        Action: 'sts:AssumeRole',
      })),
    );
    expect(reasonOf(associate(cluster(agent), long).asked)).toMatch(/would have \d+ characters/);
  });
});
