import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../shared/changes/change.ts';
import { type ClusterObjects, ConflictError } from '../../../../shared/kube/changes/objects.ts';
import type { Fault } from '../../../../simulator/faults.ts';
import { ACCOUNT, createStage, KINDS } from '../../../support/change-kinds.ts';
import { simulatedWorld } from '../../../support/changes.ts';

const ACTION = 'iam:UpdateAssumeRolePolicy';
const LOST: Fault = { kind: 'timeout', applied: true };

const kindNamed = (name: string) => {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`No kind is called ${name}.`);
  return kind;
};

/** What a write of a trust policy says when its attempts meet with faults, the first with the first. */
async function written(faults: readonly (Fault | null)[], maxAttempts: number) {
  const stage = await createStage();
  const change = kindNamed('a trust policy').change(stage);
  for (const [after, fault] of faults.entries())
    if (fault !== null) stage.simulation.faults.on(ACTION, { ...fault, after, times: 1 });
  return simulatedWorld(stage.simulation, ACCOUNT, { maxAttempts }).write(change);
}

describe('a write whose attempts', () => {
  it.each<[string, (Fault | null)[], number, string | null]>([
    ['are taken at once', [], 3, null],
    ['are throttled, and then taken', [{ kind: 'throttled' }, { kind: 'throttled' }], 3, null],
    ['are denied', [{ kind: 'denied' }], 3, 'RefusedWriteError'],
    ['are throttled, each', [{ kind: 'throttled' }, { kind: 'throttled' }], 2, 'RefusedWriteError'],
    ['are made with credentials that ended', [{ kind: 'expired-credentials' }], 1, 'RefusedWriteError'],
    ['time out', [{ kind: 'timeout' }], 1, 'UncertainWriteError'],
    ['fail in the service', [{ kind: 'server-error' }], 1, 'UncertainWriteError'],
    ['lose their answer', [LOST], 1, 'UncertainWriteError'],
    ['time out, and are then denied', [{ kind: 'timeout' }, { kind: 'denied' }], 3, 'UncertainWriteError'],
    [
      'time out, and are then taken: the first may arrive yet',
      [{ kind: 'timeout' }],
      3,
      'UncertainWriteError',
    ],
  ])('%s', async (_how, faults, maxAttempts, name) => {
    const writing = written(faults, maxAttempts);
    if (name === null) await writing;
    else await expect(writing).rejects.toMatchObject({ name });
  });
});

it('a write that reads first, and cannot, sent nothing', async () => {
  const stage = await createStage();
  const change = kindNamed('an association that is missing').change(stage);
  stage.simulation.faults.on('eks:ListPodIdentityAssociations', { kind: 'timeout' });
  const world = simulatedWorld(stage.simulation, ACCOUNT, { maxAttempts: 1 });
  await expect(world.write(change)).rejects.toMatchObject({ name: 'RefusedWriteError' });
});

describe('a write in Kubernetes that', () => {
  const inWords = (code: number) => {
    const cause = Object.assign(new Error(`HTTP-Code: ${code}`), { code });
    return new Error('ConfigMap kube-system/aws-auth', { cause });
  };

  it.each<[string, keyof ClusterObjects, Error, string]>([
    ['is forbidden', 'patchConfigMap', inWords(403), 'RefusedWriteError'],
    ['is refused as malformed', 'patchConfigMap', inWords(422), 'RefusedWriteError'],
    ['finds another version', 'patchConfigMap', new ConflictError('aws-auth'), 'StaleWriteError'],
    ['fails in the API server', 'patchConfigMap', inWords(500), 'UncertainWriteError'],
    ['times out there', 'patchConfigMap', inWords(408), 'UncertainWriteError'],
    ['is never answered', 'patchConfigMap', new Error('socket hang up'), 'UncertainWriteError'],
    ['cannot read what it would write', 'configMap', new Error('socket hang up'), 'RefusedWriteError'],
  ])('%s', async (_how, call, error, name) => {
    const stage = await createStage();
    const change: Change = KINDS.filter(({ kind }) => kind === 'aws-auth')
      .map((kind) => kind.change(stage))
      .find(({ before, after }) => before !== null && after !== null)!;
    const world = simulatedWorld(stage.simulation, ACCOUNT, {
      kubernetes: async (cluster) => ({
        ...stage.kubernetes.objects(cluster),
        [call]: async () => {
          throw error;
        },
      }),
    });
    await expect(world.write(change)).rejects.toMatchObject({ name });
  });
});
