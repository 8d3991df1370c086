import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../../shared/changes/plan.ts';
import type { Kubernetes, ServiceAccount } from '../../../../shared/estate/kubernetes-schema.ts';
import type { Account, Cluster, Role, Session, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { type Step, verdictOf } from '../../../../shared/identity/chain.ts';
import { serviceAccountChain } from '../../../../shared/identity/service-account-chain.ts';
import { planAnnotation, planNoAnnotation } from '../../../../shared/plans/annotation/annotate.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../../shared/plans/auto-eligibility.ts';
import type { Asked } from '../../../../shared/plans/migrations/asked.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { contextOf } from '../../../support/planning.ts';

const KEY = 'eks.amazonaws.com/role-arn';
const OLD = `${ROLE_ARN}-old`;
const FAR = '999999999999';
const EC2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const bare = serviceAccount({ annotations: undefined, annotated: undefined } as never);
const bound = (arn: string) => serviceAccount({ annotations: { [KEY]: arn } });

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

interface Given {
  readonly account?: ServiceAccount;
  readonly kubernetes?: Partial<Kubernetes>;
  readonly cluster?: Partial<Cluster>;
  readonly roles?: readonly Role[];
  readonly parts?: Parameters<typeof estateOf>[0];
  readonly wants?: string;
}

/** What is asked for of `shop/checkout`: the role `checkout`, which trusts nobody of the cluster unless told. */
function annotate({ account = bare, kubernetes, cluster, roles, parts, wants = ROLE_ARN }: Given) {
  const snapshot = estateOf({
    roles: [...(roles ?? [role({ trustPolicy: trustPolicy(EC2) })])],
    clusters: [clusterWith({ serviceAccounts: [account], pods: [], ...kubernetes }, cluster)],
    ...parts,
  });
  return { snapshot, ...ask(snapshot, wants) };
}

function ask(snapshot: Snapshot, wants = ROLE_ARN, bindings?: Parameters<typeof contextOf>[1]) {
  const context = contextOf(snapshot, bindings);
  const place = { cluster: only(context.estate.clusters), namespace: 'shop', serviceAccount: 'checkout' };
  return { context, place, asked: planAnnotation({ ...place, role: wants }, context) };
}

function failing(snapshot: Snapshot): Step[] {
  const { estate } = contextOf(snapshot);
  const question = {
    cluster: only(estate.clusters),
    namespace: 'shop',
    serviceAccount: 'checkout',
    role: ROLE_ARN,
  };
  return serviceAccountChain(question, estate).steps.filter(({ status }) => status === 'fail');
}

const trusting = role();
const declared = [{ cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN }];

describe('an annotation that a person asks for', () => {
  it('comes after a statement for just this ServiceAccount, works then, and is so the second time', () => {
    const { snapshot, context, asked } = annotate({});
    const plan = planOf(asked);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'service-account-annotation']);
    expect(plan.changes[1]).toMatchObject({ before: null, after: ROLE_ARN });
    expect(plan.intent).toMatchObject({
      source: 'approver',
      wish: expect.stringContaining('podtrust annotate'),
    });
    expect([plan.blockers, plan.wakes]).toEqual([[], []]);
    expect(plan.proof.shown.map(({ holds }) => holds)).toEqual(['yes', 'yes', 'yes']);
    expect(autoEligibility(plan, context).eligible).toBe(false);
    expect(plan.snippets.map(({ form }) => form)).toEqual(['kubectl', 'helm']);
    const later = applyToSnapshot(snapshot, plan.changes);
    expect(failing(snapshot).map(({ check }) => check)).toContain('role-annotation');
    expect(failing(later)).toEqual([]);
    expect(ask(later).asked).toMatchObject({ kind: 'done', words: expect.stringContaining('already') });
  });

  it('is the annotation alone where the role lets it in, and the statement alone where it is annotated', () => {
    expect(planOf(annotate({ roles: [trusting] }).asked).changes.map(({ kind }) => kind)).toEqual([
      'service-account-annotation',
    ]);
    expect(planOf(annotate({ account: bound(ROLE_ARN) }).asked).changes.map(({ kind }) => kind)).toEqual([
      'trust-policy',
    ]);
  });

  it('makes the provider first where the account has none, and says what that wakes', () => {
    const other = role({
      arn: `arn:aws:iam::${ACCOUNT}:role/cart`,
      trustPolicy: trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop:cart',
            },
          },
        }),
      ),
    });
    const plan = planOf(
      annotate({ parts: { oidcProviders: [] }, roles: [role({ trustPolicy: trustPolicy(EC2) }), other] })
        .asked,
    );
    expect(plan.changes.map(({ kind }) => kind)).toEqual([
      'oidc-provider',
      'trust-policy',
      'service-account-annotation',
    ]);
    expect(plan.wakes).toEqual([expect.stringContaining('role/cart')]);
    expect(plan.approval.join(' ')).toContain('is new to account');
    expect(plan.risk.level).toBe('high');
  });

  it('lets the provider take tokens for STS where it does not', () => {
    const plan = planOf(annotate({ parts: { oidcProviders: [provider({ clientIds: ['other'] })] } }).asked);
    expect(plan.changes[0]).toMatchObject({
      kind: 'oidc-provider',
      after: { clientIds: ['other', 'sts.amazonaws.com'] },
    });
  });

  it('works across accounts, where the account of the role was read', () => {
    const arn = `arn:aws:iam::${FAR}:role/far`;
    const far: Account = {
      id: FAR,
      partition: 'aws',
      roles: [role({ arn, trustPolicy: trustPolicy(EC2) })],
      users: [],
      oidcProviders: [],
      policies: [],
      regions: [],
    };
    const plan = planOf(annotate({ wants: arn, parts: { otherAccounts: [far] } }).asked);
    expect(plan.changes.map(({ kind, target }) => [kind, target.account])).toEqual([
      ['oidc-provider', FAR],
      ['trust-policy', FAR],
      ['service-account-annotation', ACCOUNT],
    ]);
    expect(plan.changes[0]?.target).toMatchObject({ arn: PROVIDER.replace(ACCOUNT, FAR) });
    expect(plan.notes.join(' ')).toContain(`is in account ${FAR}`);
  });

  it('is declared by a binding with the ARN of the cluster alone, and runs unattended nowhere', () => {
    const { snapshot } = annotate({});
    const { context, asked } = ask(snapshot, ROLE_ARN, declared);
    const plan = planOf(asked);
    expect(plan.intent.source).toBe('configuration');
    expect(autoEligibility(plan, context)).toMatchObject({
      eligible: false,
      reasons: expect.arrayContaining([expect.stringContaining('annotation of a ServiceAccount')]),
    });
    const byName = ask(snapshot, ROLE_ARN, [{ ...only(declared), cluster: 'shop' }]);
    expect(planOf(byName.asked).intent.source).toBe('approver');
  });

  it('does not take the wish of an annotation for intent: what is declared for another role counts for nothing', () => {
    const { snapshot } = annotate({ account: bound(OLD), roles: [trusting, role({ arn: OLD })] });
    const plan = planOf(ask(snapshot, ROLE_ARN, [{ ...only(declared), role: OLD }]).asked);
    expect(plan.intent.source).toBe('approver');
  });

  it('says which role goes, and who was seen with it', () => {
    const session: Session = {
      role: OLD,
      via: 'web-identity',
      region: 'eu-west-1',
      issuer: ISSUER,
      subject: 'system:serviceaccount:shop:checkout',
      first: '2026-11-01T00:00:00Z',
      last: '2026-11-20T00:00:00Z',
    };
    const given = annotate({ account: bound(OLD), roles: [trusting, role({ arn: OLD })] });
    const seen = [session, { ...session, subject: 'system:serviceaccount:shop:other' }];
    const sessions = { source: 'trail', since: '2026-08-01T00:00:00Z', complete: true, seen } as const;
    const snapshot = {
      ...given.snapshot,
      accounts: given.snapshot.accounts.map((one) => ({ ...one, observed: { sessions } })),
    };
    const plan = planOf(ask(snapshot).asked);
    expect(plan.changes).toMatchObject([{ before: OLD, after: ROLE_ARN }]);
    expect(plan.approval.join(' ')).toContain(`annotated with ${OLD}`);
    expect(plan.proof).toMatchObject({
      adds: true,
      removes: true,
      rehearsal: { sessions: 1, source: 'trail' },
    });
    expect(plan.proof.shown).toContainEqual(
      expect.objectContaining({ claim: 'observed-keep-access', target: OLD, holds: 'no' }),
    );
    expect(plan.blockers).toEqual([]);
  });

  it('leaves a statement that names others as it is, however near it comes', () => {
    const near = irsaStatement({
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: ['system:serviceaccount:shop:chekout', 'system:serviceaccount:shop:cart'],
        },
      },
    });
    const plan = planOf(annotate({ roles: [role({ trustPolicy: trustPolicy(near) })] }).asked);
    expect(plan.proof).toMatchObject({ adds: true, removes: false });
    expect(plan.proof.after.join(' ')).toContain('shop:chekout');
  });

  it('lists the workloads to restart, and expects what the pods lack until then', () => {
    const pods = [podGroup({ containers: [container({})] })];
    const plan = planOf(annotate({ roles: [trusting], kubernetes: { pods } }).asked);
    expect(plan.notes.join('\n')).toContain('kubectl -n shop rollout restart deployment/checkout');
    expect(plan.notes.join('\n')).toContain('Expect no-uninjected-pod (');
  });

  it.each<[string, string, Partial<ServiceAccount>]>([
    [
      'Helm',
      'Helm writes',
      { managers: [{ tool: 'helm', evidence: 'annotation meta.helm.sh/release-name = web' }] },
    ],
    ['Argo CD', 'Argo CD writes', { managers: [{ tool: 'argocd', evidence: 'label x = y' }] }],
    ['a misspelt key', 'is read by nothing', { annotations: { 'eks.amazonaws.com/role-am': ROLE_ARN } }],
  ])('warns of what is there besides: %s', (_who, says, changes) => {
    const plan = planOf(annotate({ account: { ...bare, ...changes }, roles: [trusting] }).asked);
    expect(plan.notes.join(' ')).toContain(says);
  });

  it.each([
    ['Fargate', podGroup({ compute: 'fargate', containers: [container({})] })],
    ['Windows', podGroup({ os: 'windows', containers: [container({})] })],
  ])('is fine for pods on %s', (_where, pod) => {
    expect(annotate({ roles: [trusting], kubernetes: { pods: [pod] } }).asked.kind).toBe('plan');
  });

  it.each<[string, RegExp, Given]>([
    ['a ServiceAccount that does not exist', /does not exist/, { kubernetes: { serviceAccounts: [] } }],
    [
      'one that was not read',
      /kubernetes:serviceaccounts.*By hand: kubectl -n shop annotate/,
      { kubernetes: { serviceAccounts: undefined } as never },
    ],
    ['a cluster that was not read', /kubernetes:connect/, { cluster: { kubernetes: undefined } as never }],
    [
      'one whose associations were not read',
      /ListPodIdentityAssociations.*would come before/,
      { cluster: { podIdentityAssociations: undefined } as never },
    ],
    [
      'one with an association',
      /has association a-example1.*comes before/,
      { cluster: { podIdentityAssociations: [association()] } },
    ],
    [
      'one that EKS writes for an add-on',
      /belongs to an add-on.*update-addon/,
      { account: { ...bare, managers: [{ tool: 'eks', evidence: 'field manager eks' }] } },
    ],
    [
      'a role that does not exist',
      /checkou does not exist.*nearest name/,
      { wants: `${ROLE_ARN.slice(0, -1)}` },
    ],
    [
      'a role of an account that was not read',
      /account 999999999999 was not read/,
      { wants: `arn:aws:iam::${FAR}:role/far` },
    ],
    [
      'a trust policy that IAM would refuse',
      /IAM would refuse/,
      { roles: [role({ trustPolicy: '{"Statement":1}' })] },
    ],
    [
      'a role that a Deny keeps shut',
      /A Deny statement/,
      {
        roles: [
          role({
            trustPolicy: trustPolicy({
              Effect: 'Deny',
              Principal: '*',
              Action: 'sts:AssumeRoleWithWebIdentity',
            }),
          }),
        ],
      },
    ],
    [
      'a trust policy without room',
      /would have \d+ characters/,
      {
        roles: [
          role({
            trustPolicy: trustPolicy(
              ...Array.from({ length: 14 }, (_, i) => ({
                Effect: 'Allow',
                Principal: {
                  AWS: `arn:aws:iam::${ACCOUNT}:role/a-role-with-a-name-that-is-rather-long-${i}`,
                },
                Action: 'sts:AssumeRole',
              })),
            ),
          }),
        ],
      },
    ],
    [
      'a role of AWS itself',
      /belongs to a service/,
      {
        wants: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/x.amazonaws.com/Y`,
        roles: [
          role({
            arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/x.amazonaws.com/Y`,
            trustPolicy: trustPolicy(EC2),
          }),
        ],
      },
    ],
    [
      'providers that were not read',
      /ListOpenIDConnectProviders: denied/,
      {
        parts: {
          oidcProviders: [],
          coverage: [{ read: 'iam:ListOpenIDConnectProviders', account: ACCOUNT, reason: 'denied' }],
        },
      },
    ],
    [
      'no room for a provider',
      /has 1 of 1 OIDC providers/,
      {
        parts: {
          oidcProviders: [provider({ arn: `${PROVIDER}0`, url: `${ISSUER}0` })],
          quotas: { trustPolicyLength: 2048, oidcProviders: 1 },
        },
      },
    ],
    [
      'tokens for another audience that the provider does not take',
      /decided by hand/,
      { account: { ...bare, annotations: { 'eks.amazonaws.com/audience': 'vault' } } },
    ],
    [
      'a cluster without the webhook',
      /pod-identity-webhook.*has no identity webhook/,
      { kubernetes: { webhooks: [] } },
    ],
    [
      'pods that ask the webhook to pass them over',
      /pass them over/,
      {
        roles: [trusting],
        kubernetes: {
          pods: [
            podGroup({
              containers: [container({})],
              annotations: { 'eks.amazonaws.com/skip-containers': 'app' },
            }),
          ],
        },
      },
    ],
    [
      'pods that set half of it themselves',
      /so that the webhook adds neither/,
      {
        roles: [trusting],
        kubernetes: { pods: [podGroup({ containers: [container({ AWS_ROLE_ARN: OLD })] })] },
      },
    ],
  ])('is declined for %s', (_what, says, given) => {
    expect(reasonOf(annotate(given).asked)).toMatch(says);
  });

  it('is declined for the ServiceAccount of an add-on that is installed, or may be', () => {
    const place = { namespace: 'kube-system', serviceAccount: 'ebs-csi-controller-sa' };
    const account = { ...bare, namespace: 'kube-system', name: 'ebs-csi-controller-sa' };
    const asked = (addons: Cluster['addons']) => {
      const { context } = annotate({ account, cluster: { addons } as Partial<Cluster> });
      return planAnnotation({ ...place, cluster: only(context.estate.clusters), role: ROLE_ARN }, context);
    };
    expect(reasonOf(asked([{ name: 'aws-ebs-csi-driver' }]))).toContain(
      `--addon-name aws-ebs-csi-driver --service-account-role-arn ${ROLE_ARN}`,
    );
    expect(reasonOf(asked(undefined))).toMatch(/ListAddons/);
    expect(asked([]).kind).toBe('plan');
  });

  it('leaves what is not known for the approver to see', () => {
    const { asked } = annotate({
      roles: [trusting],
      kubernetes: { webhooks: undefined, pods: undefined } as never,
    });
    const plan = planOf(asked);
    expect(plan.proof.unknowns.join(' ')).toMatch(/pod-identity-webhook.*be unknown/);
    expect(plan.notes.join(' ')).toContain('Which pods run was not read');
  });
});

describe('an annotation that a person wants away', () => {
  const remove = (given: Given) => {
    const { context, place, snapshot } = annotate({ roles: [trusting, role({ arn: OLD })], ...given });
    return { context, snapshot, asked: planNoAnnotation(place, context) };
  };

  it('goes, and the plan says that the door stays open', () => {
    const { snapshot, context, asked } = remove({ account: bound(ROLE_ARN) });
    const plan = planOf(asked);
    expect(plan.changes).toMatchObject([{ before: ROLE_ARN, after: null }]);
    expect(plan.proof).toMatchObject({ adds: false, removes: true });
    expect(plan.intent.source).toBe('none');
    expect(plan.notes.join(' ')).toContain('still lets shop/checkout of cluster shop in');
    expect(plan.approval.join(' ')).toContain('no longer get it, nor any other');
    expect(autoEligibility(plan, context).eligible).toBe(false);
    expect(verdictOf(failing(applyToSnapshot(snapshot, plan.changes)))).toBe('broken');
  });

  it('takes nothing where an association comes before it', () => {
    const plan = planOf(
      remove({
        account: bound(OLD),
        cluster: { podIdentityAssociations: [association()] },
        roles: [
          role({ trustPolicy: trustPolicy(irsaStatement(), podIdentityStatement()) }),
          role({ arn: OLD }),
        ],
      }).asked,
    );
    expect(plan.proof.removes).toBe(false);
    expect(plan.approval.join(' ')).toContain('lose nothing');
  });

  it('is done where there is none, and declined where the ServiceAccount was not read or is an add-on’s', () => {
    expect(remove({}).asked).toMatchObject({ kind: 'done' });
    expect(reasonOf(remove({ kubernetes: { serviceAccounts: undefined } as never }).asked)).toMatch(
      /serviceaccounts/,
    );
    const managers: ServiceAccount['managers'] = [{ tool: 'eks', evidence: 'field manager eks' }];
    expect(reasonOf(remove({ account: { ...bound(OLD), managers } }).asked)).toMatch(/update-addon/);
  });
});
