import { describe, expect, it } from 'vitest';
import { keepPlan, snapshotClaim } from '../../../cli/repair/plan-argument.ts';
import { runRepair } from '../../../cli/repair/run-repair.ts';
import type { Plan } from '../../../shared/changes/plan.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { type ClusterObjects, ConflictError } from '../../../shared/kube/changes/objects.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { planAnnotation } from '../../../shared/plans/annotation/annotate.ts';
import { kubernetes, podGroup } from '../../../shared/rules/examples/kubernetes.ts';
import { CLUSTER, clusterStage, writing } from '../../support/cluster-stage.ts';
import { ACCOUNT, alice, approving, repairsIn } from '../../support/repair-stage.ts';

const KEY = 'eks.amazonaws.com/role-arn';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/shop`;
const shows = kubernetes({
  serviceAccounts: [{ namespace: 'shop', name: 'basket' }],
  pods: [podGroup({ serviceAccount: 'basket', containers: [{ name: 'app', env: [] }] })],
});

/** A plan that somebody asked for, and what the deployed functions make of it once it is approved or not. */
async function asked(
  annotations: boolean,
  { isApproved = true, through = (objects: ClusterObjects) => objects, mode = 'approve' } = {},
) {
  const config = writing({ mode, settings: [], kubernetes: [{ cluster: CLUSTER, annotations }] });
  const stage = await clusterStage(config, { shows, through });
  const { ports, store } = stage.pipeline.repairs;
  const snapshot = await ports.collector.read(ACCOUNT);
  const estate = buildEstate(snapshot);
  const [cluster] = estate.clusters;
  const wanted = { cluster: cluster!, namespace: 'shop', serviceAccount: 'basket', role: ROLE };
  const answer = planAnnotation(wanted, { estate, config, hash: sha256, now: snapshot.takenAt });
  if (answer.kind !== 'plan') throw new Error(JSON.stringify(answer));
  const { plan }: { plan: Plan } = answer;
  const digest = await keepPlan(plan, store);
  await ports.claims.put(snapshotClaim(digest), JSON.stringify(snapshot));
  const at = stage.simulation.clock.now().toISOString();
  if (isApproved) await store.decide({ plan: digest, verdict: 'approved', by: alice, at });
  const outcome = await runRepair(digest, ports);
  const account = await stage.objects.serviceAccount('shop', 'basket');
  stage.pipeline.close();
  return { ...stage, plan, outcome, value: account?.annotations?.[KEY] ?? null };
}

describe('an annotation that somebody asked for, with the guards of the deployed functions', () => {
  it('is written where the cluster’s annotations may be, after the trust that it needs, and verified', async () => {
    const { plan, outcome, value, live, sound } = await asked(true);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'service-account-annotation']);
    expect(outcome).toMatchObject({ outcome: 'verified' });
    expect(value).toBe(ROLE);
    expect(await live()).toContain('system:serviceaccount:shop:basket');
    expect(await live()).toContain('system:serviceaccount:shop:cart');
    expect(await live()).not.toBe(sound);
  });

  it.each<[string, Parameters<typeof asked>, RegExp]>([
    ['annotations of the cluster may not be written', [false], /set "annotations" under fixes.kubernetes/],
    ['nobody approved it', [true, { isApproved: false }], /approv/],
    [
      'nobody approved it, and repairs run by themselves',
      [true, { isApproved: false, mode: 'auto' }],
      /annotation/,
    ],
  ])('leaves everything as it is where %s', async (_why, given, says) => {
    const { outcome, value, live, sound } = await asked(...given);
    expect(outcome).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(says) });
    expect([value, await live()]).toEqual([null, sound]);
  });

  it('is taken back whole where somebody else writes the ServiceAccount meanwhile', async () => {
    const { outcome, value, live, sound } = await asked(true, {
      through: (objects) => ({
        ...objects,
        annotateServiceAccount: async () => {
          throw new ConflictError('basket');
        },
      }),
    });
    expect(outcome).toMatchObject({ outcome: 'rolled-back' });
    expect([value, await live()]).toEqual([null, sound]);
  });
});

/** What the workflow makes of a ServiceAccount that lost its annotation, where a binding means it. */
async function lost(annotations: boolean, { isDeclared = true, mode = 'approve' } = {}) {
  const fixes = {
    mode: 'off',
    settings: [{ rule: 'use-role-annotation', mode }],
    kubernetes: [{ cluster: CLUSTER, annotations }],
  };
  const { bindings } = approving();
  const config = { ...writing(fixes), ...(isDeclared && bindings !== undefined ? { bindings } : {}) };
  const stage = await clusterStage(config, {
    shows: kubernetes({
      serviceAccounts: [{ namespace: 'shop', name: 'cart' }],
      pods: [podGroup({ serviceAccount: 'cart', containers: [{ name: 'app', env: [] }] })],
    }),
  });
  await stage.pipeline.settle();
  await stage.write(stage.sound.replace('"Pods"', '"Podz"'));
  const told = repairsIn(await stage.pipeline.settle());
  const value = async () => (await stage.objects.serviceAccount('shop', 'cart'))?.annotations?.[KEY] ?? null;
  return { ...stage, told, value };
}

describe('a ServiceAccount that lost its annotation, in the deployed workflow', () => {
  it.each(['approve', 'auto'])('gets it back when a person approved the plan, in mode %s', async (mode) => {
    const { pipeline, told, value } = await lost(true, { mode });
    expect(told).toMatchObject([{ what: 'approval-requested' }]);
    expect(await value()).toBeNull();
    await pipeline.repairs.decide(told[0]!.plan, 'approved', alice);
    expect(repairsIn(await pipeline.settle())).toMatchObject([{ what: 'verified' }]);
    expect(await value()).toBe(ROLE);
    pipeline.close();
  });

  it('is told once with the commands where annotations of the cluster may not be written', async () => {
    const { pipeline, told, value } = await lost(false);
    expect(told).toMatchObject([{ what: 'by-hand', patch: [{ form: 'kubectl' }, { form: 'helm' }] }]);
    expect(told[0]!.reason).toContain('"annotations" under fixes.kubernetes');
    expect(await value()).toBeNull();
    pipeline.close();
  });

  it('is left to people where no binding says which role is meant', async () => {
    const { pipeline, told, value } = await lost(true, { isDeclared: false });
    expect(told).toEqual([]);
    expect(pipeline.repairs.executions.map(({ ended }) => JSON.stringify(ended)).join()).toContain(
      'podtrust annotate',
    );
    expect(await value()).toBeNull();
    pipeline.close();
  });
});
