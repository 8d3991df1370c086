import { describe, expect, it } from 'vitest';
import { type Change, targetKey } from '../../shared/changes/change.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { migrateClusters } from '../../shared/plans/migrations/cluster.ts';
import { migratePodIdentity } from '../../shared/plans/migrations/pod-identity.ts';
import type { PlanContext } from '../../shared/plans/plan-context.ts';
import { plannableIn, planOf } from '../../shared/plans/plan-finding.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { sha256 } from '../support/changes.ts';
import { DECLARED } from '../support/demo-plans.ts';

const snapshot = demoSnapshot();
const context: PlanContext = {
  estate: buildEstate(snapshot),
  config: DECLARED,
  hash: sha256,
  now: snapshot.takenAt,
};

const rolesIn = (changes: readonly Change[]): number =>
  new Set(changes.filter(({ kind }) => kind === 'trust-policy').map(targetKey)).size;

describe('no plan changes the trust policies of two roles, so that one goes first and is verified', () => {
  it('not one for a finding of the demo organization', () => {
    const plans = [...plannableIn(context).plannable.values()].flatMap((each) => {
      const made = planOf(each, context);
      return made.kind === 'plan' ? [made.plan] : [];
    });
    expect(plans.filter(({ changes }) => rolesIn(changes) === 1).length).toBeGreaterThan(10);
    expect(plans.filter(({ changes }) => rolesIn(changes) > 1)).toEqual([]);
  });

  it('nor a step of a migration: there is one for each role', () => {
    const { clusters } = context.estate;
    const active = clusters.filter(({ cluster }) => cluster.issuer !== undefined);
    const pairs = active.flatMap((from) => active.filter((to) => to !== from).map((to) => ({ from, to })));
    const steps = [
      ...migratePodIdentity({ clusters }, context).plans,
      ...pairs.flatMap(
        ({ from, to }) =>
          migrateClusters(
            { from: { name: from.cluster.name, issuerKey: from.issuerKey ?? '', view: from }, to },
            context,
          ).plans,
      ),
    ];
    expect(steps.filter(({ plan }) => rolesIn(plan.changes) === 1).length).toBeGreaterThan(3);
    expect(steps.filter(({ plan }) => rolesIn(plan.changes) > 1)).toEqual([]);
  });
});
