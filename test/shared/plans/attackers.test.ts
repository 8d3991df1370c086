import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { cameToLight } from '../../../shared/pipeline/repair/came-to-light.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../shared/plans/auto-eligibility.ts';
import { plannableIn } from '../../../shared/plans/plan-finding.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { rules } from '../../../shared/rules/index.ts';
import { contextOf, onlyPlan } from '../../support/planning.ts';

const OTHER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const checkout = { namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN };
const ofIssuer = (issuer: string) =>
  irsaStatement({
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout',
      },
    },
  });

interface Attack {
  /** What the attacker may write, and wrote. */
  readonly who: string;
  readonly rule: string;
  readonly estate: Snapshot;
  readonly bindings?: Parameters<typeof contextOf>[1];
  /** Words of the wish. */
  readonly says: RegExp;
}

const example = (name: string): Snapshot => {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) throw new Error(`no rule ${name}`);
  return found.examples().fails.snapshot;
};

const stale = (tags: Record<string, string> = {}): Snapshot =>
  estateOf({
    roles: [
      role({ trustPolicy: trustPolicy(ofIssuer(OTHER)), tags: { 'alpha.eksctl.io/cluster-name': 'shop' } }),
    ],
    clusters: [cluster({ tags })],
    complete: true,
  });

const ATTACKS: readonly Attack[] = [
  {
    who: 'annotates a ServiceAccount of theirs with a role that does not trust it',
    rule: 'no-untrusted-service-account',
    estate: estateOf({
      roles: [role()],
      clusters: [
        clusterWith({
          serviceAccounts: [serviceAccount(), serviceAccount({ namespace: 'evil', name: 'x' })],
        }),
      ],
    }),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /annotation of evil\/x/,
  },
  {
    who: 'creates a cluster of the name that a binding gives, after the real one is gone',
    rule: 'no-stale-issuer',
    estate: stale(),
    bindings: [{ cluster: 'shop', ...checkout }],
    says: /name or a tag only/,
  },
  {
    who: 'tags a cluster of theirs as the binding asks',
    rule: 'no-stale-issuer',
    estate: stale({ stage: 'production' }),
    bindings: [{ clusterTag: { key: 'stage', value: 'production' }, ...checkout }],
    says: /name or a tag only/,
  },
  {
    who: 'tags a role with a ServiceAccount of theirs',
    rule: 'use-pod-identity-association',
    estate: estateOf({
      roles: [
        role({
          trustPolicy: trustPolicy(podIdentityStatement({ Condition: {} })),
          tags: {
            'kubernetes-namespace': 'evil',
            'kubernetes-service-account': 'x',
            'eks-cluster-name': 'shop',
          },
        }),
      ],
    }),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /tags of checkout/,
  },
  {
    who: 'creates an association for a ServiceAccount of theirs',
    rule: 'no-untrusted-association',
    estate: estateOf({
      roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
      clusters: [
        cluster({
          addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
          podIdentityAssociations: [
            association(),
            association({ id: 'a-evil', namespace: 'evil', serviceAccount: 'x' }),
          ],
        }),
      ],
    }),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /association a-evil of evil\/x/,
  },
  {
    who: 'creates an association with a target role that does not trust the first',
    rule: 'no-broken-target-role',
    estate: example('no-broken-target-role'),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /whoever may create associations/,
  },
  {
    who: 'creates associations in a cluster without agent',
    rule: 'use-pod-identity-agent',
    estate: example('use-pod-identity-agent'),
    says: /whoever may create associations/,
  },
  {
    who: 'switches session tags off and on again',
    rule: 'no-tagless-tag-condition',
    estate: example('no-tagless-tag-condition'),
    says: /whoever may create associations/,
  },
  {
    who: 'writes a pod that says which role it is',
    rule: 'no-untrusted-self-assumption',
    estate: example('no-untrusted-self-assumption'),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /whoever may write them/,
  },
  {
    who: 'annotates a ServiceAccount of their cluster with a role of an account that does not know the cluster',
    rule: 'use-iam-oidc-provider',
    estate: estateOf({
      roles: [role({ trustPolicy: trustPolicy(irsaStatement()) })],
      oidcProviders: [],
      clusters: [clusterWith({ serviceAccounts: [serviceAccount({ namespace: 'evil', name: 'x' })] })],
    }),
    says: /annotation of evil\/x/,
  },
  {
    who: 'edits a row of aws-auth that lets nobody in',
    rule: 'no-role-path-in-aws-auth',
    estate: example('no-role-path-in-aws-auth'),
    says: /names no caller/,
  },
  {
    who: 'makes a role anew that had an access entry',
    rule: 'no-tombstoned-access-entry',
    estate: example('no-tombstoned-access-entry'),
    says: /for another principal/,
  },
  {
    who: 'gives a node group a role that nothing maps',
    rule: 'no-missing-node-mapping',
    estate: example('no-missing-node-mapping'),
    says: /nodes of/,
  },
  {
    who: 'asks by annotation for tokens that are handed to others, with a binding for the ServiceAccount',
    rule: 'no-untrusted-service-account',
    estate: estateOf({
      roles: [role()],
      oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
      clusters: [
        clusterWith({
          serviceAccounts: [
            serviceAccount({
              annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, 'eks.amazonaws.com/audience': 'vault' },
            }),
          ],
        }),
      ],
    }),
    bindings: [{ cluster: CLUSTER_ARN, ...checkout }],
    says: /annotation of shop\/checkout/,
  },
];

describe('whoever', () => {
  it.each(ATTACKS.map((attack) => [attack.who, attack] as const))(
    '%s gains nothing without an approver',
    (_, attack) => {
      const context = contextOf(attack.estate, attack.bindings);
      const plan = onlyPlan(attack.rule, context);
      expect(plan.proof.adds).toBe(true);
      expect(plan.intent).toMatchObject({ source: 'approver', wish: expect.stringMatching(attack.says) });
      expect(autoEligibility(plan, context)).toMatchObject({ eligible: false });
    },
  );

  it('annotates a ServiceAccount that a wildcard admits keeps what it had, and gains nothing', () => {
    const wide = irsaStatement({
      Condition: {
        StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:*' },
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      },
    });
    const context = contextOf(
      estateOf({
        roles: [role({ trustPolicy: trustPolicy(wide) })],
        clusters: [
          clusterWith({
            serviceAccounts: [serviceAccount(), serviceAccount({ namespace: 'evil', name: 'x' })],
          }),
        ],
      }),
    );
    const plan = onlyPlan('no-wildcard-subject', context);
    expect(plan.intent).toEqual({ source: 'none' });
    expect(plan.proof).toMatchObject({ adds: false, removes: true });
    expect(plan.notes.join(' ')).toContain('evil:x');
    expect(autoEligibility(plan, context)).toMatchObject({ eligible: false });
  });

  it('annotates a ServiceAccount beside the one that a binding declares is not approved along with it', () => {
    const literal = irsaStatement({
      Condition: {
        StringEquals: { [`${ISSUER}:sub`]: '*', [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      },
    });
    const snapshot = estateOf({
      roles: [role({ trustPolicy: trustPolicy(literal) })],
      clusters: [
        clusterWith({
          serviceAccounts: [serviceAccount(), serviceAccount({ namespace: 'evil', name: 'x' })],
        }),
      ],
    });
    const declared = [{ cluster: CLUSTER_ARN, ...checkout }];
    const context = contextOf(snapshot, declared);
    const before = [...plannableIn(context).plannable.values()].map(({ finding }) => finding);
    const plan = onlyPlan('no-literal-wildcard', context);
    expect(plan.intent).toMatchObject({ source: 'configuration' });
    expect(JSON.stringify(plan.changes)).not.toContain('evil');
    expect(plan.notes.join(' ')).toMatch(/Left out.*evil:x/);

    const later = contextOf(applyToSnapshot(snapshot, plan.changes), declared);
    const theirs = onlyPlan('no-untrusted-service-account', later);
    expect(theirs.intent).toMatchObject({ source: 'approver' });
    expect(JSON.stringify(theirs.changes)).toContain('evil:x');
    const [light] = [...plannableIn(later).plannable.values()].map(({ finding }) => finding);
    const answered = before.filter(({ rule }) => rule === 'no-literal-wildcard');
    expect(light !== undefined && cameToLight(light, answered)).toBe(true);
    expect(light !== undefined && cameToLight({ ...light, serviceAccount: 'y' }, answered)).toBe(false);
    const elsewhere = [
      { region: 'us-east-1' },
      { clusterAccount: '444455556666' },
      { role: `${light?.role}-2` },
    ];
    for (const other of elsewhere)
      expect(light !== undefined && cameToLight({ ...light, ...other }, answered)).toBe(false);
    expect(light !== undefined && cameToLight({ ...light, rule: 'no-wildcard-subject' }, answered)).toBe(
      false,
    );
  });

  it('annotates a ServiceAccount of an open role that bindings declare others of is named to whoever approves', () => {
    const open = irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } });
    const clusters = [
      clusterWith({ serviceAccounts: [serviceAccount(), serviceAccount({ namespace: 'evil', name: 'x' })] }),
    ];
    const context = contextOf(estateOf({ roles: [role({ trustPolicy: trustPolicy(open) })], clusters }), [
      { cluster: CLUSTER_ARN, ...checkout },
    ]);
    const plan = onlyPlan('no-missing-subject', context);
    expect(plan.approval.join(' ')).toMatch(/whom nobody declares.*make sure/);
    expect(plan.approval.join(' ')).not.toContain('shop:checkout');
    expect(plan.proof.adds).toBe(false);
    expect(autoEligibility(plan, context)).toMatchObject({ eligible: false });
  });

  it('makes a cluster anew under the ARN that a binding names still needs an approver for its new issuer', () => {
    const context = contextOf(
      estateOf({ roles: [role({ trustPolicy: trustPolicy(irsaStatement()) })], oidcProviders: [] }),
      [{ cluster: CLUSTER_ARN, ...checkout }],
    );
    const plan = onlyPlan('use-iam-oidc-provider', context);
    expect(plan.intent).toMatchObject({ source: 'configuration' });
    expect(autoEligibility(plan, context)).toMatchObject({
      eligible: false,
      reasons: [expect.stringMatching(/issuer/)],
    });
  });

  it('changes a stored plan has it refused', () => {
    const context = contextOf(stale(), [{ cluster: CLUSTER_ARN, ...checkout }]);
    const plan = onlyPlan('no-stale-issuer', context);
    expect(autoEligibility(plan, context)).toEqual({ eligible: true });
    const [change] = plan.changes;
    if (change?.kind !== 'trust-policy') throw new Error('unreachable');
    const after = (change.after ?? '').replaceAll('shop:checkout', 'evil:x');
    const poisoned = { ...plan, changes: [{ ...change, after }] };
    expect(autoEligibility(poisoned, context)).toEqual({
      eligible: false,
      reasons: ['It is not the plan that comes out of what is known now.'],
    });
  });
});
