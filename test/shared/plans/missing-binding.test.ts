import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { type Binding, configSchema } from '../../../shared/config/config.ts';
import type { Role, Snapshot } from '../../../shared/estate/snapshot.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../shared/plans/auto-eligibility.ts';
import { isForeseen } from '../../../shared/plans/foreseen.ts';
import type { PlanContext } from '../../../shared/plans/plan-context.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import { worseSince } from '../../../shared/plans/worse.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  type Json,
  PROVIDER,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { contextOf, sha256 } from '../../support/planning.ts';

const CHECKOUT = 'system:serviceaccount:shop:checkout';
const BINDING: Binding = {
  cluster: CLUSTER_ARN,
  namespace: 'shop',
  serviceAccount: 'checkout',
  role: ROLE_ARN,
};
const BY_NAME: Binding = { ...BINDING, cluster: 'shop' };
const DEPLOY: Json = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` },
  Action: 'sts:AssumeRole',
};

const asking = (subject: Json, audience: Json = 'sts.amazonaws.com', more: Record<string, Json> = {}) =>
  irsaStatement({
    Condition: { StringEquals: { [`${ISSUER}:sub`]: subject, [`${ISSUER}:aud`]: audience } },
    ...more,
  });

type Parts = Parameters<typeof estateOf>[0];
const trusting = (statements: readonly Json[], parts: Parts = {}, changes: Partial<Role> = {}): Snapshot =>
  estateOf({ roles: [role({ trustPolicy: trustPolicy(...statements), ...changes })], ...parts });

/** What the planners of all findings about the role answer, and what of it may run unattended. */
function answers(context: PlanContext) {
  return [...plannableIn(context).plannable.values()].map((plannable) => {
    const result = planOf(plannable, context);
    const auto = result.kind === 'plan' && autoEligibility(result.plan, context).eligible;
    return { rule: plannable.finding.rule, result, auto };
  });
}

/** The plan for the binding itself, or why there is none. */
function ofBinding(snapshot: Snapshot, bindings: Binding[] = [BINDING]) {
  const context = contextOf(snapshot, bindings);
  const found = answers(context).find(({ rule }) => rule === 'no-missing-binding');
  if (found === undefined) throw new Error('no finding of no-missing-binding');
  return found;
}
function planFor(snapshot: Snapshot, bindings?: Binding[]) {
  const { result, auto } = ofBinding(snapshot, bindings);
  if (result.kind !== 'plan') throw new Error(`declined: ${result.reasons.join(' ')}`);
  return { plan: result.plan, auto };
}
const judged = (context: PlanContext) =>
  new Map(
    audit(context.estate, { config: context.config, hash: sha256 }).findings.map((one) => [
      one.fingerprint,
      one,
    ]),
  );
const rulesIn = (snapshot: Snapshot): string[] =>
  answers(contextOf(snapshot, [BINDING])).map(({ rule }) => rule);

const KUBERNETES: readonly [string, Parts][] = [
  ['was not read', { clusters: [cluster()] }],
  ['shows the ServiceAccount with its annotation', { clusters: [clusterWith()] }],
  [
    'shows the ServiceAccount without its annotation',
    { clusters: [clusterWith({ serviceAccounts: [serviceAccount({ annotations: {} })] })] },
  ],
];

const SLIPS: readonly [string, readonly Json[]][] = [
  ['a slash between namespace and name', [asking('system:serviceaccount:shop/checkout')]],
  ['a wildcard that is taken literally', [asking('system:serviceaccount:shop:*')]],
  ['a lone star that is taken literally', [asking('*')]],
  ['another name', [asking('system:serviceaccount:shop:chekout')]],
  ['another namespace', [asking('system:serviceaccount:shops:checkout')]],
  ['a typing mistake in the audience', [asking(CHECKOUT, 'sts.amazon.com')]],
  ['another audience, which the provider does not list', [asking(CHECKOUT, 'vault')]],
  ['the audience of a region', [asking(CHECKOUT, 'sts.eu-west-1.amazonaws.com')]],
  [
    'https:// in the key',
    [
      irsaStatement({
        Condition: {
          StringEquals: { [`https://${ISSUER}:sub`]: CHECKOUT, [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
        },
      }),
    ],
  ],
  ['the wrong action', [asking(CHECKOUT, 'sts.amazonaws.com', { Action: 'sts:AssumeRole' })]],
  [
    'the wrong action, in a statement with somebody whom nobody declares',
    [
      asking([CHECKOUT, 'system:serviceaccount:shop:other'], 'sts.amazonaws.com', {
        Action: 'sts:AssumeRole',
      }),
    ],
  ],
  ['a statement that was deleted', [DEPLOY]],
  ['a statement that was deleted, beside one for somebody else', [asking('system:serviceaccount:a:b')]],
];

describe.each(KUBERNETES)('a declared binding, where Kubernetes %s,', (_, parts) => {
  it.each(SLIPS)('is given back unattended after %s', (_name, statements) => {
    const snapshot = trusting(statements, parts);
    const context = contextOf(snapshot, [BINDING]);
    const unattended = answers(context).filter(({ auto }) => auto);
    expect(unattended).toHaveLength(1);
    const [made] = unattended;
    if (made?.result.kind !== 'plan') throw new Error('unreachable');
    const { plan } = made.result;
    expect(plan.intent).toEqual({
      source: 'configuration',
      identities: [expect.stringContaining(`${CHECKOUT} of cluster shop`)],
    });
    expect(plan.proof).toMatchObject({ adds: true, removes: false, unknowns: [] });
    const later = contextOf(applyToSnapshot(snapshot, plan.changes), [BINDING]);
    const left = answers(later).map(({ rule }) => rule);
    expect(left).not.toContain('no-missing-binding');
    expect(left).not.toContain(made.rule);
    // What the workflow would take back after the write: whatever is worse and was not foreseen.
    const worse = worseSince(judged(context), judged(later), plan.changes);
    expect(worse.filter((one) => !isForeseen(one, plan)).map(({ detail }) => detail)).toEqual([]);
  });

  it.each(SLIPS)('by the name of the cluster alone waits for a person after %s', (_name, statements) => {
    const context = contextOf(trusting(statements, parts), [BY_NAME]);
    expect(answers(context).filter(({ auto }) => auto)).toEqual([]);
    const planned = answers(context).filter(({ result }) => result.kind === 'plan');
    expect(planned.length).toBeGreaterThan(0);
  });
});

describe('the plan for a binding', () => {
  it('keeps whoever was let in instead: nobody knows whether he is in use', () => {
    const { plan } = planFor(trusting([asking('system:serviceaccount:shop:chekout')]));
    expect(JSON.stringify(plan.changes)).toContain('chekout');
    expect(plan.proof.after.join(' ')).toContain('chekout');
  });

  it('gives back all that are declared in one statement, in one plan', () => {
    const both = [CHECKOUT, 'system:serviceaccount:shop:cart'];
    const snapshot = trusting([asking(both, 'sts.amazonaws.com', { Action: 'sts:AssumeRole' })]);
    const context = contextOf(snapshot, [BINDING, { ...BINDING, serviceAccount: 'cart' }]);
    const unattended = answers(context).filter(({ auto }) => auto);
    expect(unattended.map(({ rule }) => rule)).toEqual(['no-wrong-assume-action']);
  });

  it('is left to the plan for the mistake itself, where that is as good', () => {
    const { result } = ofBinding(trusting([asking('system:serviceaccount:shop/checkout')]));
    expect(result).toMatchObject({
      kind: 'declined',
      reasons: [expect.stringMatching(/^The plan for no-malformed-subject \w+ gives it back/)],
    });
  });

  it.each<[string, Partial<PlanContext>]>([
    ['is not repaired: it was waived, or is too old', { isRepaired: () => false }],
    [
      'is not repaired in the same mode',
      {
        config: configSchema.parse({
          bindings: [BINDING],
          fixes: { mode: 'auto', settings: [{ rule: 'no-malformed-subject', mode: 'off' }] },
        }),
      },
    ],
  ])('is made where the mistake itself %s', (_, more) => {
    const context = contextOf(trusting([asking('system:serviceaccount:shop/checkout')]), [BINDING], more);
    const own = answers(context).find(({ rule }) => rule === 'no-missing-binding');
    expect(own).toMatchObject({ auto: true, result: { kind: 'plan' } });
  });

  it('says what the trust policy does not decide: whether the ServiceAccount asks for the role', () => {
    const notes = (parts: Parts) => planFor(trusting([DEPLOY], parts)).plan.notes.join(' ');
    expect(notes({})).toMatch(/annotation was not read/);
    const bare = clusterWith({ serviceAccounts: [serviceAccount({ annotations: {} })] });
    expect(notes({ clusters: [bare] })).toMatch(/does not ask for the role.*podtrust annotate/);
    const absent = clusterWith({ serviceAccounts: [] });
    expect(notes({ clusters: [absent] })).toMatch(/shop\/checkout of cluster shop does not exist/);
  });
});

describe('a role for Pod Identity', () => {
  const pods = (changes: Record<string, Json> = {}) => podIdentityStatement(changes);
  const associated = (changes = {}): Parts => ({
    clusters: [cluster({ podIdentityAssociations: [association(changes)] })],
  });

  it('whose association was deleted gets it back, unattended', () => {
    const open = pods({ Condition: { StringEquals: { 'aws:SourceArn': CLUSTER_ARN } } });
    const { plan, auto } = planFor(trusting([open]));
    expect(plan.changes).toMatchObject([
      { kind: 'pod-identity-association', before: null, after: { roleArn: ROLE_ARN } },
    ]);
    expect(auto).toBe(true);
  });

  it('whose association and trust were lost gets the trust first, unattended', () => {
    const snapshot = trusting([pods({ Action: 'sts:TagSession' })]);
    const { plan, auto } = planFor(snapshot);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'pod-identity-association']);
    expect(auto).toBe(true);
    expect(rulesIn(applyToSnapshot(snapshot, plan.changes))).not.toContain('no-missing-binding');
  });

  it.each<[string, readonly Json[]]>([
    ['a call is missing', [pods({ Action: 'sts:AssumeRole' })]],
    ['the statement was deleted', [DEPLOY]],
    [
      'the statement names another ServiceAccount',
      [
        pods({
          Condition: {
            StringEquals: {
              'aws:SourceArn': CLUSTER_ARN,
              'aws:RequestTag/kubernetes-namespace': 'shop',
              'aws:RequestTag/kubernetes-service-account': 'cart',
            },
          },
        }),
      ],
    ],
  ])('whose association it does not trust, since %s, is given back unattended', (_, statements) => {
    const snapshot = trusting(statements, associated());
    const unattended = answers(contextOf(snapshot, [BINDING])).filter(({ auto }) => auto);
    expect(unattended).toHaveLength(1);
    const [made] = unattended;
    if (made?.result.kind !== 'plan') throw new Error('unreachable');
    expect(rulesIn(applyToSnapshot(snapshot, made.result.plan.changes))).not.toContain('no-missing-binding');
  });

  it.each<[string, Snapshot, RegExp]>([
    [
      'with an association for another role, which it would lose',
      trusting([DEPLOY], associated({ roleArn: `arn:aws:iam::${ACCOUNT}:role/other` })),
      /gives shop\/checkout of cluster shop .*role\/other, which it would lose/,
    ],
    [
      'with a target role that refuses it',
      trusting([pods()], associated({ targetRoleArn: `arn:aws:iam::${ACCOUNT}:role/target` })),
      /no-missing-association-role says what keeps/,
    ],
  ])('is left alone %s', (_, snapshot, says) => {
    const { result } = ofBinding(snapshot);
    expect(result.kind === 'declined' && result.reasons.join(' ')).toMatch(says);
  });
});

describe('a binding is declined, with what is missing,', () => {
  const deny: Json = {
    Effect: 'Deny',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } },
  };
  it.each<[string, Snapshot, RegExp]>([
    ['where the role does not exist', estateOf({ roles: [] }), /does not exist/],
    [
      'where a Deny keeps it out: that may be on purpose',
      trusting([irsaStatement(), deny]),
      /Deny statement/,
    ],
    [
      'where the account has no provider',
      trusting([DEPLOY], { oidcProviders: [] }),
      /create-open-id-connect-provider/,
    ],
    [
      'where the provider does not take the audience of STS',
      trusting([DEPLOY], { oidcProviders: [provider({ clientIds: ['vault'] })] }),
      /add-client-id-to-open-id-connect-provider/,
    ],
    [
      'where the role belongs to a service of AWS',
      (() => {
        const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`;
        return estateOf({ roles: [role({ arn, trustPolicy: trustPolicy(DEPLOY) })] });
      })(),
      /belongs to a service of AWS/,
    ],
  ])('%s', (_, snapshot, says) => {
    const arn = snapshot.accounts[0]?.roles?.[0]?.arn ?? ROLE_ARN;
    const { result } = ofBinding(snapshot, [{ ...BINDING, role: arn }]);
    expect(result.kind === 'declined' && result.reasons.join(' ')).toMatch(says);
  });
});

describe('nothing runs unattended where something is not known that it depends on:', () => {
  const bare = trusting([DEPLOY]);
  const slip = trusting([asking('system:serviceaccount:shop/checkout')]);
  const lacking = (snapshot: Snapshot, list: 'oidcProviders', read: string): Snapshot => ({
    ...snapshot,
    accounts: snapshot.accounts.map(({ [list]: _, ...account }) => account),
    coverage: [...snapshot.coverage, { read, account: ACCOUNT, reason: 'AccessDenied' }],
  });
  const failing = (snapshot: Snapshot, read: string): Snapshot => ({
    ...snapshot,
    coverage: [...snapshot.coverage, { read, account: ACCOUNT, reason: 'AccessDenied' }],
  });
  const { clientIds: _, ...described } = provider();
  const { podIdentityAssociations: __, ...unassociated } = cluster();

  it.each<[string, Snapshot]>([
    [
      'the list of providers, and the statement is gone',
      lacking(bare, 'oidcProviders', 'iam:ListOpenIDConnectProviders'),
    ],
    [
      'the list of providers, and the subject is a slip',
      lacking(slip, 'oidcProviders', 'iam:ListOpenIDConnectProviders'),
    ],
    ['the audiences of the provider', trusting([DEPLOY], { oidcProviders: [described] })],
    ['some of the roles', failing(slip, 'iam:GetAccountAuthorizationDetails')],
    [
      'the associations of another cluster, for Pod Identity',
      trusting([podIdentityStatement({ Action: 'sts:AssumeRole' })], {
        clusters: [
          cluster({ podIdentityAssociations: [association()] }),
          {
            ...unassociated,
            name: 'other',
            arn: `${CLUSTER_ARN}-other`,
            issuer: `https://${ISSUER.slice(0, -1)}X`,
          },
        ],
      }),
    ],
  ])('%s', (_, snapshot) => {
    const made = answers(contextOf(snapshot, [BINDING])).filter(({ result }) => result.kind === 'plan');
    expect(made.length).toBeGreaterThan(0);
    for (const { result, auto } of made) {
      expect(auto).toBe(false);
      expect(result.kind === 'plan' && result.plan.proof.unknowns).not.toEqual([]);
      expect(result.kind === 'plan' && result.plan.proof.shown).toContainEqual(
        expect.objectContaining({ claim: 'account-wide', holds: 'undecided' }),
      );
    }
  });

  it('the associations of the cluster: whether the binding is effective is not known, and there is no plan', () => {
    const snapshot = trusting([DEPLOY], { clusters: [unassociated] });
    expect(rulesIn(snapshot)).toEqual([]);
  });
});

describe('what is worse after a plan', () => {
  const change = {
    kind: 'trust-policy' as const,
    target: { account: ACCOUNT, arn: ROLE_ARN },
    before: 'a',
    after: 'b',
  };
  const [found] = [...judged(contextOf(trusting([asking('*')]), [])).values()].filter(
    ({ rule }) => rule === 'no-literal-wildcard',
  );
  if (found === undefined) throw new Error('unreachable');
  const again = { ...found, fingerprint: 'f'.repeat(32), serviceAccount: 'other' };
  const was = new Map([[found.fingerprint, found]]);

  it.each<[string, readonly (typeof found)[], number]>([
    ['is no mistake that was there, and keeps out somebody else', [again], 0],
    ['is one that keeps out others beside', [found, again], 1],
    ['is one of another role', [{ ...again, role: `${ROLE_ARN}-2`, evidence: { roles: [ROLE_ARN] } }], 1],
    ['is one that says something else', [{ ...again, detail: 'another' }], 1],
    ['is one that weighs more', [{ ...again, severity: 'critical' }], 1],
    ['is one of another rule', [{ ...again, rule: 'no-malformed-subject' }], 1],
  ])('%s', (_, findings, count) => {
    const is = new Map(findings.map((one) => [one.fingerprint, one]));
    expect(worseSince(was, is, [change])).toHaveLength(count);
  });
});
