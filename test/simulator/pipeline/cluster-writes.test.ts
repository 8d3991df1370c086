import { describe, expect, it } from 'vitest';
import { targetKey } from '../../../shared/changes/change.ts';
import { type ClusterObjects, ConflictError } from '../../../shared/kube/changes/objects.ts';
import { CLUSTER, clusterStage, GHOST, NODES, writing } from '../../support/cluster-stage.ts';
import { alice, repairsIn } from '../../support/repair-stage.ts';

const WRITES_NOTHING: readonly string[] = ['planned', 'approval-requested', 'approved'];

/** Lets the row too many be found; what was told of repairs then. */
async function found({ pipeline, write, sound }: Awaited<ReturnType<typeof clusterStage>>) {
  await pipeline.settle();
  await write(sound.replace('"Pods"', '"Podz"'));
  return repairsIn(await pipeline.settle());
}

/** Finds it, approves its plan and lets it run; `through` comes between the changes and the API server. */
async function approved(through?: (objects: ClusterObjects) => ClusterObjects) {
  const stage = await clusterStage(writing(), through === undefined ? {} : { through });
  const [asked] = await found(stage);
  expect(asked).toMatchObject({ what: 'approval-requested' });
  const { repairs } = stage.pipeline;
  await repairs.decide(asked!.plan, 'approved', alice);
  const told = repairsIn(await stage.pipeline.settle()).map(({ what }) => what);
  const events = (await repairs.store.entries(asked!.plan)).map(({ what }) => what);
  const { plan } = await repairs.store.plan(asked!.plan);
  const holder = await repairs.store.locks.holder(targetKey(plan.changes[0]!));
  stage.pipeline.close();
  return { ...stage, told, events, locked: holder !== null, ended: repairs.executions[0]?.ended };
}

const forbidden = async (): Promise<never> => {
  const cause = Object.assign(new Error('HTTP-Code: 403'), { code: 403 });
  throw new Error('ConfigMap kube-system/aws-auth: not allowed (403)', { cause });
};

describe('aws-auth of a cluster that may be written', () => {
  it('is repaired through the deployed workflow: approved, written at its version, read back, judged anew', async () => {
    const patched: string[] = [];
    const { told, events, locked, mapRoles } = await approved((objects) => ({
      ...objects,
      patchConfigMap: async (namespace, name, version, data) => {
        patched.push(`${namespace}/${name} at ${version}`);
        await objects.patchConfigMap(namespace, name, version, data);
      },
    }));
    expect(patched).toEqual(['kube-system/aws-auth at 7']);
    expect(await mapRoles()).toBe(NODES);
    expect(told).toEqual(['verified']);
    expect(events).toEqual([...WRITES_NOTHING, 'writing', 'written', 'confirmed', 'applied', 'verified']);
    expect(locked).toBe(false);
  });

  it('keeps what somebody writes between reading and writing: the conflict is stale, and nothing is lost', async () => {
    const theirs = `${GHOST}# theirs\n`;
    const { mapRoles, events, ended, locked } = await approved((objects) => ({
      ...objects,
      patchConfigMap: async (namespace, name, version, data) => {
        await objects.patchConfigMap(namespace, name, version, { mapRoles: theirs });
        await objects.patchConfigMap(namespace, name, version, data);
      },
    }));
    expect(await mapRoles()).toBe(theirs);
    expect(events).toEqual([...WRITES_NOTHING, 'writing', 'stale', 'refused']);
    expect(ended).toMatchObject({ output: { applied: { outcome: 'stale' } } });
    expect(locked).toBe(false);
  });

  it.each<[string, (objects: ClusterObjects) => ClusterObjects, readonly string[], string]>([
    [
      'reading it is not allowed',
      (objects) => ({ ...objects, configMap: forbidden }),
      // Once more, since it could have been allowed by then.
      ['refused', 'refused'],
      'refused',
    ],
    [
      'writing it is not allowed',
      (objects) => ({ ...objects, patchConfigMap: forbidden }),
      ['writing', 'not-written', 'rolled-back'],
      'rolled-back',
    ],
    [
      'the API server says that it is another version',
      (objects) => ({
        ...objects,
        patchConfigMap: async () => {
          throw new ConflictError('aws-auth');
        },
      }),
      ['writing', 'stale', 'refused'],
      'stale',
    ],
  ])('stays as it is where %s', async (_what, through, then, outcome) => {
    const { mapRoles, events, ended, locked } = await approved(through);
    expect(await mapRoles()).toBe(GHOST);
    expect(events).toEqual([...WRITES_NOTHING, ...then]);
    expect(ended).toMatchObject({ output: { applied: { outcome } } });
    expect(locked).toBe(false);
  });

  it('stops with its lock, and says so, where what was written cannot be read any more', async () => {
    let written = false;
    const { events, locked, told } = await approved((objects) => ({
      ...objects,
      configMap: async (namespace, name) => (written ? forbidden() : objects.configMap(namespace, name)),
      patchConfigMap: async (...patch) => {
        await objects.patchConfigMap(...patch);
        written = true;
      },
    }));
    expect(events.slice(3)).toEqual(['writing', 'written', 'not-verified', 'undo-failed', 'stopped']);
    expect(told).toEqual(['stopped']);
    expect(locked).toBe(true);
  });
});

describe('aws-auth of a cluster that nobody said may be written', () => {
  it.each<[string, object]>([
    ['none is', { kubernetes: [] }],
    ['another one of this name is', { kubernetes: [{ cluster: CLUSTER.replace('1111', '4444') }] }],
  ])(
    'is told once with the command, and nobody is asked to approve it in vain: %s',
    async (_which, fixes) => {
      const stage = await clusterStage(writing(fixes, [CLUSTER, CLUSTER.replace('1111', '4444')]));
      const [told, ...more] = await found(stage);
      expect(more).toEqual([]);
      expect(told).toMatchObject({ what: 'by-hand', patch: [{ form: 'kubectl' }] });
      expect(told!.reason).toContain('cannot be written from here: name its ARN under fixes.kubernetes');
      expect(JSON.stringify(told)).toContain('kubectl patch configmap/aws-auth');
      stage.simulation.clock.advance(3600);
      await stage.write(stage.sound);
      expect(repairsIn(await stage.pipeline.settle())).toEqual([]);
      expect(await stage.mapRoles()).toBe(GHOST);
      stage.pipeline.close();
    },
  );

  it('is not written by a plan that was approved while it still might be', async () => {
    const stage = await clusterStage(writing());
    const [asked] = await found(stage);
    const { ports } = stage.pipeline.repairs;
    Object.assign(ports.guards, { clusterRefusal: () => 'it cannot be written from here' });
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    await stage.pipeline.settle();
    expect(await stage.mapRoles()).toBe(GHOST);
    expect(stage.pipeline.repairs.executions[0]?.ended).toMatchObject({
      output: { applied: { outcome: 'refused', reason: 'it cannot be written from here' } },
    });
    stage.pipeline.close();
  });
});
