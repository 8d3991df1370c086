import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../../shared/changes/plan.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Account, Cluster, Session, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { accessOf } from '../../../../shared/identity/access/ways.ts';
import { verdictOf } from '../../../../shared/identity/chain.ts';
import { irsaChain } from '../../../../shared/identity/irsa-chain.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { migrateClusters } from '../../../../shared/plans/migrations/cluster.ts';
import type { Migration } from '../../../../shared/plans/migrations/migration.ts';
import { webDoors } from '../../../../shared/rules/doors/web-door.ts';
import { accessPolicy, entry, TEAM_ARN, teamRole } from '../../../../shared/rules/examples/access.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  cluster,
  ELSEWHERE,
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  podIdentityStatement,
  provider,
  REGION,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { contextOf } from '../../../support/planning.ts';

const NEW_PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ELSEWHERE}`;
const AGENT = [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }];
const PODS = `arn:aws:iam::${ACCOUNT}:role/pods`;
const foreign = {
  Sid: 'Keep',
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
const trust = trustPolicy(irsaStatement({ Sid: 'Old' }), foreign);
const replacement = (changes: Partial<Cluster> = {}): Cluster =>
  cluster({
    name: 'shop-2',
    arn: CLUSTER_ARN.replace('cluster/shop', 'cluster/shop-2'),
    issuer: `https://${ELSEWHERE}`,
    addons: AGENT,
    ...changes,
  });

function estate(
  parts: {
    trust?: string;
    to?: Partial<Cluster>;
    from?: Partial<Cluster>;
    quotas?: Account['quotas'];
    providers?: Account['oidcProviders'];
  } = {},
): Snapshot {
  return estateOf({
    roles: [
      role({ trustPolicy: parts.trust ?? trust }),
      role({ arn: PODS, trustPolicy: trustPolicy(podIdentityStatement()) }),
      teamRole(),
    ],
    oidcProviders: parts.providers ?? [provider()],
    clusters: [
      cluster({
        addons: AGENT,
        podIdentityAssociations: [association({ roleArn: PODS })],
        accessEntries: [entry()],
        ...parts.from,
      }),
      replacement(parts.to),
    ],
    ...(parts.quotas !== undefined && { quotas: parts.quotas }),
  });
}
function migrate(snapshot: Snapshot, finish = false): Migration {
  const context = contextOf(snapshot);
  const [old, to] = ['shop', 'shop-2'].map((name) =>
    context.estate.clusters.find((one) => one.cluster.name === name),
  );
  if (to === undefined) throw new Error('no cluster');
  const from = { name: 'cluster shop', issuerKey: ISSUER, view: old ?? null };
  const migration = migrateClusters({ from, to, finish }, context);
  for (const { plan } of migration.plans) expect(planSchema.safeParse(plan).error).toBeUndefined();
  return migration;
}
const apply = (snapshot: Snapshot, { plans }: Migration): Snapshot =>
  applyToSnapshot(
    snapshot,
    plans.flatMap(({ plan }) => plan.changes),
  );
const kinds = ({ plans }: Migration) => plans.map(({ plan }) => plan.changes.map(({ kind }) => kind));
const reasons = ({ refused }: Migration) => refused.flatMap((one) => one.reasons).join(' ');
const works = (snapshot: Snapshot, name: string) => {
  const view = buildEstate(snapshot);
  const of = view.clusters.find((one) => one.cluster.name === name);
  const wanted = view.roleByArn.get(ROLE_ARN);
  if (of === undefined || wanted === undefined) throw new Error(name);
  return verdictOf(
    irsaChain({ cluster: of, namespace: 'shop', serviceAccount: 'checkout', role: wanted }, view).steps,
  );
};
const waysOf = (snapshot: Snapshot, name: string) =>
  buildEstate(snapshot)
    .clusters.filter((one) => one.cluster.name === name)
    .flatMap((one) => accessOf(one).ways);
function observed(snapshot: Snapshot, ...seen: Session[]): Snapshot {
  const sessions = { source: 'trail' as const, since: '2026-08-01T00:00:00Z', complete: true, seen };
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account): Account => ({ ...account, observed: { sessions } })),
  };
}
const session = (issuer: string, last: string): Session => ({
  role: ROLE_ARN,
  via: 'web-identity',
  issuer,
  region: REGION,
  subject: 'system:serviceaccount:shop:checkout',
  first: '2026-09-01T00:00:00Z',
  last,
});

const podSession = (of: string, last: string): Session => ({
  role: PODS,
  via: 'pod-identity',
  cluster: of,
  region: REGION,
  subject: 'system:serviceaccount:shop:checkout',
  first: '2026-09-01T00:00:00Z',
  last,
});
const trustOf = ({ accounts }: Snapshot, wanted: string) =>
  accounts[0]?.roles?.find(({ arn }) => arn === wanted)?.trustPolicy ?? '';

describe('a cluster that takes the place of another', () => {
  it('gets provider, trusts, associations and entries beside the old one, which goes last; everything works throughout', () => {
    const start = estate();
    const first = migrate(start);
    expect(kinds(first)).toEqual([
      ['oidc-provider'],
      ['trust-policy', 'pod-identity-association'],
      ['access-entry', 'access-policy'],
    ]);
    expect(first.waiting.join(' ')).toMatch(/run this again to plan 1 roles/);
    const withProvider = apply(start, first);
    expect(works(withProvider, 'shop')).toBe('works');
    expect(waysOf(withProvider, 'shop-2').map(({ principal, state }) => [principal, state])).toEqual([
      [TEAM_ARN, 'open'],
    ]);

    const second = migrate(withProvider, true);
    expect(kinds(second)).toEqual([['trust-policy']]);
    expect(second.plans[0]?.plan).toMatchObject({
      intent: { source: 'approver' },
      blockers: [],
      proof: { adds: true, removes: false },
    });
    const both = apply(withProvider, second);
    expect([works(both, 'shop'), works(both, 'shop-2')]).toEqual(['works', 'works']);
    expect(migrate(both).plans).toEqual([]);

    expect(migrate(both, true).waiting.join(' ')).toMatch(/--sessions/);
    const recently = '2026-11-21T23:00:00Z';
    const busy = migrate(observed(both, session(ISSUER, recently), podSession('shop', recently)), true);
    expect(busy.plans).toEqual([]);
    expect(reasons(busy)).toMatch(/lose access/);
    const quiet = observed(
      both,
      session(ISSUER, '2026-11-20T00:00:00Z'),
      session(ELSEWHERE, '2026-11-21T23:00:00Z'),
      podSession('shop', '2026-11-20T00:00:00Z'),
      podSession('shop-2', '2026-11-21T23:00:00Z'),
    );
    const last = migrate(quiet, true);
    expect(last.plans.map(({ plan }) => [plan.proof.adds, plan.proof.removes, plan.blockers])).toEqual([
      [false, true, []],
      [false, true, []],
    ]);
    const end = apply(quiet, last);
    const pods = trustOf(end, PODS);
    expect([pods.includes(`"${CLUSTER_ARN}"`), pods.includes(`"${CLUSTER_ARN}-2"`)]).toEqual([false, true]);
    expect([works(end, 'shop'), works(end, 'shop-2')]).toEqual(['broken', 'works']);
    expect(end.accounts[0]?.roles?.[0]?.trustPolicy).toContain('"Sid": "Keep"');
    const providers = migrate(end, true);
    expect(providers.plans.flatMap(({ plan }) => plan.changes)).toMatchObject([
      { kind: 'oidc-provider', target: { arn: PROVIDER }, after: null },
    ]);
    expect(migrate(apply(end, providers), true).plans).toEqual([]);
  });

  it('keeps the old one in trust policies as long as its associations are not read', () => {
    const both = estateOf({
      roles: [
        role({
          arn: PODS,
          trustPolicy: trustPolicy(
            podIdentityStatement(),
            podIdentityStatement({ Condition: { StringEquals: { 'aws:SourceArn': `${CLUSTER_ARN}-2` } } }),
          ),
        }),
      ],
      clusters: [
        cluster({ addons: AGENT, podIdentityAssociations: [] }),
        replacement({ podIdentityAssociations: [] }),
      ],
      oidcProviders: [],
    });
    const quiet = observed(both, podSession('shop-2', '2026-11-21T23:00:00Z'));
    expect(kinds(migrate(quiet, true))).toEqual([['trust-policy']]);
    const blind = structuredClone(quiet);
    const [unread] = blind.accounts.flatMap(({ regions = [] }) =>
      regions.flatMap((one) => one.clusters ?? []),
    );
    if (unread === undefined) throw new Error('no cluster');
    Reflect.deleteProperty(unread, 'podIdentityAssociations');
    const gap = { read: 'eks:ListPodIdentityAssociations', reason: 'AccessDenied' };
    const place = { account: ACCOUNT, region: REGION, cluster: unread.name };
    const migration = migrate({ ...blind, coverage: [{ ...gap, ...place }] }, true);
    expect(migration.plans).toEqual([]);
    expect(migration.waiting.join(' ')).toMatch(/ListPodIdentityAssociations: AccessDenied/);
  });

  describe('whose associations are copied', () => {
    const pods = (...statements: ReturnType<typeof podIdentityStatement>[]) =>
      estateOf({
        roles: [role({ arn: PODS, trustPolicy: trustPolicy(foreign, ...statements) })],
        clusters: [
          cluster({ addons: AGENT, podIdentityAssociations: [association({ roleArn: PODS })] }),
          replacement({ podIdentityAssociations: [association({ roleArn: PODS })] }),
        ],
        oidcProviders: [],
      });
    const beside = pods(
      podIdentityStatement(),
      podIdentityStatement({ Condition: { StringEquals: { 'aws:SourceArn': `${CLUSTER_ARN}-2` } } }),
    );

    it.each<[string, Session[], RegExp]>([
      ['was used since the day before', [podSession('shop', '2026-11-21T23:00:00Z')], /lose access/],
      [
        'was used, and somebody else of the new cluster since',
        [
          podSession('shop', '2026-11-20T00:00:00Z'),
          { ...podSession('shop-2', '2026-11-21T23:00:00Z'), subject: 'system:serviceaccount:shop:other' },
        ],
        /lose access/,
      ],
      [
        'was used, and a cluster of the new name in another region since',
        [
          podSession('shop', '2026-11-20T00:00:00Z'),
          { ...podSession('shop-2', '2026-11-21T23:00:00Z'), region: 'us-east-1' },
        ],
        /lose access/,
      ],
    ])('keeps the statement of the old cluster while it %s', (_, seen, says) => {
      const migration = migrate(observed(beside, ...seen), true);
      expect(migration.plans).toEqual([]);
      expect(reasons(migration)).toMatch(says);
    });

    it('names a statement that names the old cluster in a way that is not narrowed', () => {
      const odd = podIdentityStatement({
        Condition: { StringEqualsIfExists: { 'aws:SourceArn': CLUSTER_ARN } },
      });
      expect(reasons(migrate(observed(pods(odd)), true))).toMatch(/where no edit of single statements/);
    });

    it('keeps the statement while the new cluster lacks an association of the old one', () => {
      const lacking: Snapshot = JSON.parse(
        JSON.stringify(observed(beside)).replace(
          '"podIdentityAssociations":[',
          '"podIdentityAssociations":[' +
            JSON.stringify({
              ...association({ roleArn: PODS }),
              id: 'a-2',
              serviceAccount: 'other',
              targetRoleArn: ROLE_ARN,
            }) +
            ',',
        ),
      );
      const migration = migrate(lacking, true);
      expect(migration.plans).toEqual([]);
      expect(migration.waiting.join(' ')).toMatch(/has no association with it for shop\/other/);
    });
  });

  it('copies trusts of a cluster that is gone, whose issuer is all that is known', () => {
    const gone: Snapshot = JSON.parse(
      JSON.stringify(estate({ providers: [provider(), provider({ arn: NEW_PROVIDER, url: ELSEWHERE })] })),
    );
    const clusters = gone.accounts[0]?.regions?.[0]?.clusters;
    clusters?.shift();
    const migration = migrate(gone);
    expect(kinds(migration)).toEqual([['trust-policy']]);
    expect(works(apply(gone, migration), 'shop-2')).toBe('works');
  });

  const ready = { providers: [provider(), provider({ arn: NEW_PROVIDER, url: ELSEWHERE })] };
  const long = trustPolicy(
    irsaStatement(),
    ...Array.from({ length: 9 }, (_, i) => ({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/a-role-with-a-name-that-is-rather-long-${i}` },
      Action: 'sts:AssumeRole',
    })),
  );
  it.each<[string, RegExp, Parameters<typeof estate>[0]]>([
    ['at the quota of providers, with numbers', /1 of 1 OIDC providers/, { quotas: { oidcProviders: 1 } }],
    [
      'at the length of a trust policy, with numbers',
      /would have \d+ characters, and the account allows 2048/,
      { ...ready, trust: long },
    ],
    [
      'for a Deny that names the old issuer',
      /A Deny of its trust policy/,
      {
        ...ready,
        trust: trustPolicy(irsaStatement(), {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:x:y' } },
        }),
      },
    ],
    ['for a trust whose provider does not exist', /nobody comes by it today/, { providers: [] }],
    [
      'for an association that an add-on makes',
      /install the add-on/,
      {
        from: {
          podIdentityAssociations: [
            association({ roleArn: PODS, ownerArn: 'arn:aws:eks:eu-west-1:111122223333:addon/shop/efs/1' }),
          ],
        },
      },
    ],
    [
      'for an association with a target role',
      /external id/,
      { from: { podIdentityAssociations: [association({ roleArn: PODS, targetRoleArn: ROLE_ARN })] } },
    ],
    [
      'for an association that gives nobody the role',
      /gives nobody the role today/,
      { from: { podIdentityAssociations: [association()] } },
    ],
    [
      'for another association of the same ServiceAccount',
      /has another one/,
      { to: { podIdentityAssociations: [association({ roleArn: ROLE_ARN })] } },
    ],
    [
      'for another entry of the same principal',
      /gives less/,
      { to: { accessEntries: [entry({ policies: [accessPolicy('AmazonEKSAdminViewPolicy')] })] } },
    ],
    [
      'for an entry of the same principal with the same policy in one namespace only',
      /gives less/,
      { to: { accessEntries: [entry({ policies: [accessPolicy('AmazonEKSViewPolicy', 'shop')] })] } },
    ],
    [
      'for an entry of the same principal by another username',
      /gives less/,
      { from: { accessEntries: [entry({ username: 'team' })] }, to: { accessEntries: [entry()] } },
    ],
    [
      'for entries of a cluster that does not look at them',
      /does not look at access entries/,
      { to: { authenticationMode: 'CONFIG_MAP' } },
    ],
    [
      'for an entry that lets nobody in',
      /lets nobody in today/,
      { from: { accessEntries: [entry({ created: '2020-01-01T00:00:00Z' })] } },
    ],
    [
      'where associations were not read',
      /not in the snapshot/,
      { from: { podIdentityAssociations: undefined } as never },
    ],
  ])('is refused %s', (_, says, parts) => {
    expect(reasons(migrate(estate(parts)))).toMatch(says);
  });

  it('installs the agent first where the associations would find none', () => {
    const migration = migrate(estate({ to: { addons: [] } }));
    expect(kinds(migration)).toContainEqual(['addon']);
    expect(kinds(migration).flat()).not.toContain('pod-identity-association');
  });
});

describe('the demo organization', () => {
  it('takes a replacement of each cluster beside it: every trust that works says the same of both, nobody is shut out, a further run plans nothing', () => {
    const demo = demoSnapshot();
    let copied = 0;
    for (const { cluster: old, account, region, issuerKey } of buildEstate(demo).clusters) {
      if (issuerKey === null) continue;
      const issuer = issuerKey.replace(/[^/]+$/, '00000000000000000000000000000000');
      const arn = `${old.arn}-2`;
      const fresh = cluster({ name: `${old.name}-2`, arn, issuer: `https://${issuer}`, addons: AGENT });
      let now: Snapshot = {
        ...demo,
        accounts: demo.accounts.map((one) =>
          one.id !== account.id
            ? one
            : {
                ...one,
                regions: one.regions?.map((each) =>
                  each.name === region ? { ...each, clusters: [...(each.clusters ?? []), fresh] } : each,
                ),
              },
        ),
      };
      const step = () => {
        const context = contextOf(now);
        const find = (wanted: string) => context.estate.clusters.find((one) => one.cluster.arn === wanted);
        const to = find(arn);
        if (to === undefined) throw new Error(arn);
        return migrateClusters(
          { from: { name: old.name, issuerKey, view: find(old.arn) ?? null }, to },
          context,
        );
      };
      for (let round = 0; round < 3; round++) {
        const migration = step();
        for (const { plan } of migration.plans) {
          // One role names somebody who was deleted: IAM takes no policy of it until that is repaired.
          expect(plan.blockers.filter((blocker) => !blocker.includes('which was deleted'))).toEqual([]);
          expect([plan.title, plan.proof.removes]).toEqual([plan.title, false]);
        }
        now = apply(now, migration);
      }
      const left = step();
      expect(left.plans.map(({ name }) => name)).toEqual([]);
      const view = buildEstate(now);
      for (const one of view.roles) {
        const doors = webDoors(one, view);
        const [before, after] = [issuerKey, issuer].map((key) =>
          doors.find((door) => door.issuer.key === key),
        );
        if (before === undefined || before.provider === null) continue;
        if (left.refused.some(({ target }) => target === one.role.arn)) continue;
        expect([one.role.arn, after?.provider != null]).toEqual([one.role.arn, true]);
        copied += 1;
      }
    }
    expect(copied).toBeGreaterThan(5);
  });
});
