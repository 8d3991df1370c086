import { describe, expect, it } from 'vitest';
import { type Change, canonicalJson } from '../../../shared/changes/change.ts';
import { snapshotSchema } from '../../../shared/estate/snapshot.ts';
import { cameToLight } from '../../../shared/pipeline/repair/came-to-light.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../shared/plans/auto-eligibility.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import {
  CLUSTER_ARN,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  ROLE_ARN,
  role,
  staleStatement,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { rules } from '../../../shared/rules/index.ts';
import { ACCESS_ATTACKS } from '../../support/attacks/access.ts';
import type { Attack } from '../../support/attacks/attack.ts';
import { BINDING_ATTACKS } from '../../support/attacks/bindings.ts';
import { TRUST_ATTACKS } from '../../support/attacks/trust.ts';
import { answerOf, contextOf, onlyPlan } from '../../support/planning.ts';

const checkout = { namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN };
const ATTACKS: readonly Attack[] = [...TRUST_ATTACKS, ...BINDING_ATTACKS, ...ACCESS_ATTACKS];

/** A role that trusts the issuer which the cluster `shop` had before. */
const stale = () =>
  estateOf({
    roles: [
      role({ trustPolicy: trustPolicy(staleStatement()), tags: { 'alpha.eksctl.io/cluster-name': 'shop' } }),
    ],
    clusters: [cluster()],
    complete: true,
  });

/** Whether a plan runs without a person, and why not. */
function reasonsOf(plan: ReturnType<typeof onlyPlan>, context: ReturnType<typeof contextOf>): string {
  const auto = autoEligibility(plan, context);
  return auto.eligible ? 'eligible' : auto.reasons.join(' ');
}

/** A change whatever the order of the keys in its documents. */
const meaning = ({ after, ...change }: Change) =>
  canonicalJson({
    ...change,
    after: typeof after === 'string' && after.startsWith('{') ? JSON.parse(after) : after,
  });

function expectEnd({ rule, estate, bindings, ends }: Attack): void {
  const context = contextOf(estate, bindings);
  switch (ends.kind) {
    case 'waits': {
      const plan = onlyPlan(rule, context);
      expect(plan.proof.adds).toBe(true);
      expect(plan.intent).toMatchObject({ source: 'approver', wish: expect.stringMatching(ends.says) });
      expect(reasonsOf(plan, context)).toContain('whom the configuration does not declare');
      return;
    }
    case 'told': {
      const plan = onlyPlan(rule, context);
      expect(plan.blockers).toEqual([]);
      expect(plan.approval.join(' ')).toMatch(ends.says);
      expect(reasonsOf(plan, context)).toMatch(ends.says);
      return;
    }
    case 'ignored': {
      const [plan, without] = [onlyPlan(rule, context), onlyPlan(rule, contextOf(ends.without, bindings))];
      expect(JSON.stringify(estate)).toContain(ends.theirs);
      expect(JSON.stringify(plan.changes.map(({ after }) => after))).not.toContain(ends.theirs);
      expect(plan.changes.map(meaning)).toEqual(without.changes.map(meaning));
      expect(plan.intent.source).toBe(without.intent.source);
      return;
    }
    case 'declined':
      expect(answerOf(rule, context)).toMatchObject({
        kind: 'declined',
        reasons: expect.arrayContaining([expect.stringMatching(ends.says)]),
      });
  }
}

describe('whoever', () => {
  it.each(rules.filter(({ fix }) => fix === 'guarded').map(({ name }) => name))(
    'has a finding of %s planned is met by an attack',
    (name) => {
      expect(ATTACKS.map(({ rule }) => rule)).toContain(name);
    },
  );

  it.each(ATTACKS.map((attack) => [attack.who, attack.rule, attack] as const))(
    '%s (%s) gains and keeps nothing without an approver',
    (_, __, attack) => {
      expect(snapshotSchema.safeParse(attack.estate).error).toBeUndefined();
      expectEnd(attack);
    },
  );

  it.each(ATTACKS.map((attack) => [attack.who, attack.rule, attack] as const))(
    '%s (%s) has no plan run by itself that names them anew',
    (_, __, { estate, bindings }) => {
      const context = contextOf(estate, bindings);
      for (const plannable of plannableIn(context).plannable.values()) {
        const answer = planOf(plannable, context);
        if (answer.kind === 'declined' || !autoEligibility(answer.plan, context).eligible) continue;
        for (const { before, after } of answer.plan.changes)
          for (const theirs of ['evil', 'role/admin', 'system:masters'])
            if (!JSON.stringify(before).includes(theirs)) expect(JSON.stringify(after)).not.toContain(theirs);
      }
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
