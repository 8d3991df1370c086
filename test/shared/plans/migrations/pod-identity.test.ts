import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../../shared/changes/plan.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Account, Cluster, Session, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { annotatedIn, asksForRole } from '../../../../shared/identity/annotated.ts';
import { verdictOf } from '../../../../shared/identity/chain.ts';
import { serviceAccountChain } from '../../../../shared/identity/service-account-chain.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import type { Migration } from '../../../../shared/plans/migrations/migration.ts';
import { migratePodIdentity } from '../../../../shared/plans/migrations/pod-identity.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  estateOf,
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  REGION,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { contextOf } from '../../../support/planning.ts';

const AGENT = { addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }] };
const GITHUB = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
};
const trust = trustPolicy(irsaStatement(), GITHUB);
const NODE = role({
  arn: `arn:aws:iam::${ACCOUNT}:role/node`,
  trustPolicy: trustPolicy({
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }),
  attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
});

const estate = (of: Cluster, changes: Parameters<typeof role>[0] = {}): Snapshot =>
  estateOf({ roles: [role({ trustPolicy: trust, ...changes }), NODE], clusters: [of] });
function migrate(snapshot: Snapshot, finish = false): Migration {
  const context = contextOf(snapshot);
  const migration = migratePodIdentity({ clusters: context.estate.clusters, finish }, context);
  for (const { plan } of migration.plans) expect(planSchema.safeParse(plan).error).toBeUndefined();
  return migration;
}
const apply = (snapshot: Snapshot, { plans }: Migration): Snapshot =>
  applyToSnapshot(
    snapshot,
    plans.flatMap(({ plan }) => plan.changes),
  );
const reasons = ({ refused }: Migration) => refused.flatMap((one) => one.reasons).join(' ');
const restarted = podGroup({ containers: [container(POD_IDENTITY_VARIABLES)] });

function observed(snapshot: Snapshot, ...seen: Session[]): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map(
      (account): Account => ({
        ...account,
        observed: { sessions: { source: 'trail', since: '2026-08-01T00:00:00Z', complete: true, seen } },
      }),
    ),
  };
}
const byPods: Session = {
  role: ROLE_ARN,
  via: 'pod-identity',
  region: REGION,
  cluster: 'shop',
  subject: 'system:serviceaccount:shop:checkout',
  first: '2026-11-20T00:00:00Z',
  last: '2026-11-21T23:00:00Z',
};
const byToken: Session = {
  role: ROLE_ARN,
  via: 'web-identity',
  issuer: ISSUER,
  region: REGION,
  subject: 'system:serviceaccount:shop:checkout',
  first: '2026-09-01T00:00:00Z',
  last: '2026-11-19T00:00:00Z',
};
const withPods = (snapshot: Snapshot, pods: ReturnType<typeof podGroup>[]): Snapshot =>
  JSON.parse(JSON.stringify(snapshot), (key, value: unknown) => (key === 'pods' ? pods : value));

describe('from IRSA to Pod Identity', () => {
  it('goes agent, trust and association beside IRSA, restart, verification, last step; foreign statements stay', () => {
    const start = estate(clusterWith({ agents: [] }));
    const first = migrate(start);
    expect(first.plans.map(({ plan }) => plan.changes.map(({ kind }) => kind))).toEqual([['addon']]);
    expect(first.waiting.join(' ')).toMatch(/run this again/);

    const ready = estate(clusterWith({}, AGENT));
    const second = migrate(ready);
    const [step] = second.plans;
    expect(step?.plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'pod-identity-association']);
    expect(step?.plan.intent.source).toBe('approver');
    expect(step?.plan.blockers).toEqual([]);
    expect(step?.plan.notes.join(' ')).toMatch(/rollout restart deployment\/checkout/);
    const associated = apply(ready, second);

    const third = migrate(associated, true);
    expect(third.plans).toEqual([]);
    expect(third.waiting.join(' ')).toMatch(/restart Deployment shop\/checkout.*--sessions/s);

    const seen = observed(withPods(associated, [restarted]), byPods, byToken);
    const verified = migrate(seen);
    expect(verified.plans).toEqual([]);
    expect(verified.done.join(' ')).toMatch(/seen using checkout by Pod Identity.*everything since/);
    const last = migrate(seen, true);
    expect(last.plans.map(({ plan }) => [plan.blockers, plan.proof.adds, plan.proof.removes])).toEqual([
      [[], false, true],
    ]);
    const end = apply(seen, last);
    const text = end.accounts[0]?.roles?.[0]?.trustPolicy ?? '';
    expect(text).not.toContain(ISSUER);
    expect(text).toContain('token.actions.githubusercontent.com:aud');
    expect(migrate(end, true)).toEqual({ plans: [], refused: [], waiting: [], done: [] });
  });

  it.each<[string, RegExp, Session[]]>([
    ['nothing was seen', /not seen using Pod Identity/, []],
    ['another cluster of the account was seen', /not seen/, [{ ...byPods, cluster: 'other' }]],
    [
      'another ServiceAccount was seen',
      /not seen/,
      [{ ...byPods, subject: 'system:serviceaccount:shop:other' }],
    ],
    [
      'IRSA was seen within the last day',
      /lose access/,
      [byPods, { ...byToken, last: '2026-11-21T22:00:00Z' }],
    ],
    [
      'somebody else was seen by IRSA',
      /lose access/,
      [
        byPods,
        {
          ...byToken,
          subject: 'system:serviceaccount:shop:checkout',
          issuer: ISSUER,
          last: '2026-11-21T23:30:00Z',
        },
      ],
    ],
  ])('takes no OIDC statement away when %s', (_, says, seen) => {
    const ready = estate(clusterWith({ pods: [restarted] }, AGENT));
    const last = migrate(observed(apply(ready, migrate(ready)), ...seen), true);
    expect(last.plans).toEqual([]);
    expect([...last.waiting, reasons(last)].join(' ')).toMatch(says);
  });

  it('counts the quiet day from when the sessions were read, not from when the plan is made', () => {
    const ready = estate(clusterWith({ pods: [restarted] }, AGENT));
    const seen = observed(
      apply(ready, migrate(ready)),
      { ...byPods, last: '2026-11-21T23:30:00Z' },
      { ...byToken, last: '2026-11-21T22:00:00Z' },
    );
    const context = contextOf(seen, undefined, { now: '2026-11-25T00:00:00Z' });
    const last = migratePodIdentity({ clusters: context.estate.clusters, finish: true }, context);
    expect(last.plans).toEqual([]);
    expect(reasons(last)).toMatch(/lose access/);
  });

  it('takes no OIDC statement away while another ServiceAccount of the cluster gets the role by it', () => {
    const two = irsaStatement({
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: ['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:basket'],
        },
      },
    });
    const accounts = [serviceAccount(), serviceAccount({ name: 'basket' })];
    const ready = estate(clusterWith({ serviceAccounts: accounts, pods: [restarted] }, AGENT), {
      trustPolicy: trustPolicy(two),
    });
    const context = contextOf(ready);
    const half = migratePodIdentity(
      { clusters: context.estate.clusters, serviceAccount: 'checkout' },
      context,
    );
    expect(half.plans).toHaveLength(1);
    const last = migrate(observed(apply(ready, half), byPods, byToken), true);
    expect(last.waiting.join(' ')).toMatch(/shop\/basket of cluster shop gets checkout by IRSA/);
    expect(
      last.plans.flatMap(({ plan }) => plan.changes.filter(({ kind }) => kind === 'trust-policy')).length,
    ).toBeLessThan(2);
  });

  it('plans what bindings declare first, and what annotations alone ask for when that is done', () => {
    const two = irsaStatement({
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: ['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:basket'],
        },
      },
    });
    const accounts = [serviceAccount(), serviceAccount({ name: 'basket' })];
    const start = estate(clusterWith({ serviceAccounts: accounts }, AGENT), {
      trustPolicy: trustPolicy(two),
    });
    const declared = [
      { cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN },
    ];
    const planned = (snapshot: Snapshot) => {
      const context = contextOf(snapshot, declared);
      return migratePodIdentity({ clusters: context.estate.clusters }, context);
    };
    const first = planned(start);
    expect(first.plans.map(({ plan }) => plan.intent.source)).toEqual(['configuration']);
    expect(JSON.stringify(first.plans[0]?.plan.changes[1])).toContain('checkout');
    expect(JSON.stringify(first.plans[0]?.plan.changes[1])).not.toContain('basket');
    expect(first.waiting.join(' ')).toMatch(/shop\/basket.*no binding declares that/);
    const second = planned(apply(start, first));
    expect(second.plans.map(({ plan }) => plan.intent.source)).toEqual(['approver']);
    expect(second.plans[0]?.plan.changes.map(({ target }) => target)).toMatchObject([
      {},
      { serviceAccount: 'basket' },
    ]);
    expect(planned(apply(apply(start, first), second)).plans).toEqual([]);
  });

  it('carries an add-on over through its own API', () => {
    const addons = [
      ...AGENT.addons,
      { name: 'aws-ebs-csi-driver', status: 'ACTIVE', version: 'v1', serviceAccountRoleArn: ROLE_ARN },
    ];
    const of = clusterWith(
      {
        serviceAccounts: [serviceAccount({ namespace: 'kube-system', name: 'ebs-csi-controller-sa' })],
        pods: [],
      },
      { addons },
    );
    const statement = JSON.stringify(irsaStatement()).replace(
      'shop:checkout',
      'kube-system:ebs-csi-controller-sa',
    );
    const snapshot = estate(of, { trustPolicy: trustPolicy(JSON.parse(statement)) });
    const { plans } = migrate(snapshot);
    expect(plans[0]?.plan.changes).toMatchObject([
      { kind: 'trust-policy' },
      {
        kind: 'addon',
        before: { version: 'v1', serviceAccountRoleArn: ROLE_ARN },
        after: {
          serviceAccountRoleArn: ROLE_ARN,
          podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn: ROLE_ARN }],
        },
      },
    ]);
    expect(plans[0]?.plan.proof.intended.join(' ')).toContain('ebs-csi-controller-sa');
    const later = apply(snapshot, { plans, refused: [], waiting: [], done: [] });
    expect(migrate(later).plans).toEqual([]);
    expect(migrate(later, true).waiting.join(' ')).toMatch(/keeps its ServiceAccount role until/);

    const driver = { ...byPods, subject: 'system:serviceaccount:kube-system:ebs-csi-controller-sa' };
    const last = migrate(observed(later, driver), true);
    expect(last.plans.map(({ plan }) => plan.changes)).toMatchObject([
      [
        {
          kind: 'addon',
          before: { version: 'v1', serviceAccountRoleArn: ROLE_ARN },
          after: {
            podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn: ROLE_ARN }],
          },
        },
      ],
      [{ kind: 'trust-policy' }],
    ]);
    const [addon] = last.plans;
    expect(addon?.plan.changes[0]?.after).not.toHaveProperty('serviceAccountRoleArn');
    expect([addon?.plan.proof.adds, addon?.plan.blockers]).toEqual([false, []]);
    expect(addon?.plan.notes.join(' ')).toMatch(/to be taken out by hand/);
    expect(migrate(apply(observed(later, driver), last), true)).toEqual({
      plans: [],
      refused: [],
      waiting: [],
      done: [],
    });
  });

  it('leaves an add-on the role that one of its ServiceAccounts gets by IRSA alone, though the role was not read', () => {
    const far = 'arn:aws:iam::444455556666:role/csi';
    const annotations = { 'eks.amazonaws.com/role-arn': far };
    const named = (name: string) => serviceAccount({ namespace: 'kube-system', name, annotations });
    const with_ = (...accounts: ReturnType<typeof serviceAccount>[]) =>
      observed(
        estate(
          clusterWith(
            { serviceAccounts: accounts, pods: [] },
            {
              addons: [
                ...AGENT.addons,
                { name: 'aws-ebs-csi-driver', status: 'ACTIVE', version: 'v1', serviceAccountRoleArn: far },
              ],
              podIdentityAssociations: [
                association({
                  namespace: 'kube-system',
                  serviceAccount: 'ebs-csi-controller-sa',
                  ownerArn: `arn:aws:eks:${REGION}:${ACCOUNT}:addon/shop/aws-ebs-csi-driver/0001`,
                }),
              ],
            },
          ),
          { trustPolicy: trustPolicy(podIdentityStatement()) },
        ),
        { ...byPods, subject: 'system:serviceaccount:kube-system:ebs-csi-controller-sa' },
      );
    const kindsOf = ({ plans }: Migration) =>
      plans.flatMap(({ plan }) => plan.changes.map(({ kind }) => kind));
    const controller = named('ebs-csi-controller-sa');
    expect(kindsOf(migrate(with_(controller), true))).toEqual(['addon']);
    const both = migrate(with_(controller, named('ebs-csi-node-sa')), true);
    expect(kindsOf(both)).toEqual([]);
    expect(both.waiting.join(' ')).toMatch(/keeps its ServiceAccount role until/);
  });

  it.each<[string, RegExp, Cluster, Parameters<typeof role>[0]?]>([
    ['pods on Fargate', /Fargate/, clusterWith({ pods: [podGroup({ compute: 'fargate' })] }, AGENT)],
    ['pods on Windows', /Windows/, clusterWith({ pods: [podGroup({ os: 'windows' })] }, AGENT)],
    [
      'pods with a web identity of their own',
      /set a web identity themselves/,
      clusterWith(
        { pods: [podGroup({ tokens: [{ volume: 'own', audience: 'sts.amazonaws.com' }] })] },
        AGENT,
      ),
    ],
    [
      'an annotation that the trust policy does not heed',
      /carries over nothing else/,
      clusterWith({}, AGENT),
      { trustPolicy: trustPolicy(GITHUB) },
    ],
    [
      'tokens for somebody else',
      /tokens are for vault/,
      clusterWith(
        {
          serviceAccounts: [
            serviceAccount({
              annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, 'eks.amazonaws.com/audience': 'vault' },
            }),
          ],
        },
        AGENT,
      ),
    ],
    [
      'permissions that test claims of the token',
      /test claims/,
      clusterWith({}, AGENT),
      {
        inlinePolicies: [
          {
            name: 'p',
            document: JSON.stringify({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'x' } } }),
          },
        ],
      },
    ],
    ['pods that were not read', /kubernetes:pods/, clusterWith({ pods: undefined } as never, AGENT)],
    [
      'an agent that does not run',
      /ready on 0/,
      clusterWith({ agents: [{ namespace: 'kube-system', name: 'a', desired: 3, ready: 0 }] }, AGENT),
    ],
  ])('is refused for %s', (_, says, of, changes) => {
    const migration = migrate(estate(of, changes));
    expect(migration.plans).toEqual([]);
    expect(reasons(migration)).toMatch(says);
  });

  it('is refused for a role of another account', () => {
    const far = 'arn:aws:iam::999999999999:role/far';
    const snapshot = estateOf({
      clusters: [
        clusterWith(
          { serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': far } })] },
          AGENT,
        ),
      ],
      otherAccounts: [
        {
          id: '999999999999',
          partition: 'aws',
          roles: [role({ arn: far })],
          users: [],
          oidcProviders: [],
          policies: [],
          regions: [],
        },
      ],
    });
    expect(reasons(migrate(snapshot))).toMatch(/takes roles of the cluster's account/);
  });

  it('does not let whoever annotates a ServiceAccount gain a role, and says where a pattern let them choose', () => {
    const evil = serviceAccount({ namespace: 'evil', name: 'x' });
    const exact = migrate(estate(clusterWith({ serviceAccounts: [evil], pods: [] }, AGENT)));
    expect(exact.plans).toEqual([]);
    expect(reasons(exact)).toMatch(/carries over nothing else/);
    const wide = irsaStatement({
      Condition: {
        StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:*' },
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      },
    });
    const { plans } = migrate(
      estate(clusterWith({ serviceAccounts: [evil], pods: [] }, AGENT), { trustPolicy: trustPolicy(wide) }),
    );
    expect(plans[0]?.plan.approval.join(' ')).toMatch(/by a pattern only/);
  });
});

describe('the demo organization', () => {
  const start = demoSnapshot();
  const chains = (snapshot: Snapshot) => {
    const view = buildEstate(snapshot);
    return new Map(
      view.clusters.flatMap((cluster) =>
        annotatedIn(cluster).map(({ namespace, serviceAccount }) => {
          const chain = serviceAccountChain({ cluster, namespace, serviceAccount }, view);
          // Whether pods were restarted since is not what a trust edit decides.
          const steps = chain.steps.filter(
            ({ check }) => !check.startsWith('pod-') || check === 'pod-identity-agent',
          );
          return [
            `${cluster.cluster.arn} ${namespace}/${serviceAccount}`,
            { role: chain.role?.role.arn, verdict: verdictOf(steps) },
          ];
        }),
      ),
    );
  };

  it('comes over in two rounds: every chain works as before, nobody else gains, and a third round plans nothing', () => {
    const before = chains(start);
    let now = start;
    let migrated = 0;
    for (let round = 0; round < 2; round++) {
      const step = migrate(now);
      for (const { plan } of step.plans) {
        // One role names somebody who was deleted: IAM takes no policy of it until that is repaired.
        expect(plan.blockers.filter((blocker) => !blocker.includes('which was deleted'))).toEqual([]);
        expect(
          plan.proof.shown.filter(({ claim, holds }) => claim !== 'account-wide' && holds !== 'yes'),
        ).toEqual([]);
        const added = plan.changes.filter(({ kind }) => kind === 'pod-identity-association').length;
        migrated += added;
      }
      now = apply(now, step);
      const after = chains(now);
      for (const [name, { role: arn, verdict }] of before) {
        if (verdict !== 'works') continue;
        expect([name, after.get(name)?.role, after.get(name)?.verdict]).toEqual([name, arn, 'works']);
      }
    }
    expect(migrated).toBeGreaterThan(0);
    expect(migrate(now).plans.map(({ name }) => name)).toEqual([]);
    const asking = buildEstate(now).clusters.flatMap((cluster) => annotatedIn(cluster).filter(asksForRole));
    expect(asking.length).toBeLessThan(
      buildEstate(start).clusters.flatMap((cluster) => annotatedIn(cluster).filter(asksForRole)).length,
    );
  });
});
