import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../../../shared/aws/changes/index.ts';
import type { World } from '../../../../shared/changes/apply.ts';
import { type Change, inverse } from '../../../../shared/changes/change.ts';
import { ACCOUNT, createStage, KINDS, type KindCase, type Stage } from '../../../support/change-kinds.ts';
import { Desk, simulatedWorld } from '../../../support/changes.ts';
import { pictureOf } from '../../../support/picture.ts';

interface Set {
  readonly stage: Stage;
  readonly change: Change;
  readonly world: World;
  readonly desk: Desk;
  readonly picture: () => Promise<string>;
  /** Calls of others than the stage's own since it was set. */
  readonly written: () => string[];
}

async function set(kind: KindCase, { delaySeconds = 0, maxAttempts = 2 } = {}): Promise<Set> {
  const stage = await createStage(delaySeconds);
  await kind.prepare?.(stage);
  stage.simulation.clock.advance(600);
  const world = simulatedWorld(stage.simulation, ACCOUNT, {
    maxAttempts,
    kubernetes: async (cluster) => stage.kubernetes.objects(cluster),
    annotates: true,
  });
  const written: string[] = [];
  stage.simulation.onRecord(({ eventName, userIdentity }) => {
    if (JSON.stringify(userIdentity).includes('role/admin')) written.push(eventName);
  });
  return {
    stage,
    change: kind.change(stage),
    world,
    desk: new Desk(world, stage.simulation),
    picture: () => pictureOf(stage.simulation, stage.kubernetes),
    written: () => written,
  };
}

it('has a case for every kind of change', () => {
  expect(new Set(KINDS.map(({ kind }) => kind))).toEqual(new Set(Object.keys(ADAPTERS)));
});

describe.concurrent.each(KINDS.map((kind): [string, KindCase] => [kind.name, kind]))('%s', (_name, kind) => {
  // Kinds that are written elsewhere have no call of AWS that could fail, and some targets cannot go meanwhile.
  const inAws = kind.writes === null ? null : it;
  const vanishing = kind.vanish === undefined ? null : it;

  it('is applied with one write, and a second time with none', async () => {
    const { desk, change, picture, written, world } = await set(kind);
    const before = await picture();
    expect(await world.read(change)).toEqual(change.before);
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
    expect(written()).toEqual(kind.writes === null ? [] : [kind.writes.replace(/^.*:/, '')]);
    expect(await world.read(change)).toEqual(change.after);
    expect(await picture()).not.toBe(before);
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 0, already: 1 });
    expect(written()).toHaveLength(kind.writes === null ? 0 : 1);
    expect(desk.held.size).toBe(0);
  });

  it('is undone to what it was, and nothing else is touched', async () => {
    const { desk, change, picture } = await set(kind);
    const before = await picture();
    await desk.apply([change]);
    if (kind.irreversible) {
      expect(inverse(change)).toBeNull();
      return;
    }
    expect(await desk.undo([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
    expect(await picture()).toBe(before);
  });

  it('is seen in the end where reads lag behind', async () => {
    const { desk, change } = await set(kind, { delaySeconds: 25 });
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
  });

  it('is left alone when it is something else by now', async () => {
    const { desk, change, picture, stage, written } = await set(kind);
    await kind.interfere(stage);
    const theirs = await picture();
    expect(await desk.apply([change])).toMatchObject({ outcome: 'stale' });
    expect(await picture()).toBe(theirs);
    expect(written()).toEqual([]);
    expect(desk.held.size).toBe(0);
  });

  inAws?.('stays as it was when the write is denied or throttled', async () => {
    for (const fault of ['denied', 'throttled', 'server-error'] as const) {
      const { desk, change, picture, stage } = await set(kind, { maxAttempts: 1 });
      const before = await picture();
      stage.simulation.faults.on(kind.writes ?? '', { kind: fault });
      expect(await desk.apply([change])).toMatchObject({ outcome: 'rolled-back' });
      expect(await picture()).toBe(before);
      expect(desk.held.size).toBe(0);
      stage.simulation.faults.clear();
      expect(await desk.apply([change])).toMatchObject({ outcome: 'applied', written: 1 });
    }
  });

  inAws?.('is applied when a write is throttled once, or its answer is lost', async () => {
    for (const fault of [{ kind: 'throttled' }, { kind: 'timeout', applied: true }] as const) {
      const { desk, change, stage, world } = await set(kind);
      stage.simulation.faults.on(kind.writes ?? '', { ...fault, times: 1 });
      expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
      expect(await world.read(change)).toEqual(change.after);
    }
  });

  inAws?.('is not written when it cannot be read', async () => {
    const { desk, change, picture, stage, written } = await set(kind);
    const before = await picture();
    for (const action of ['iam:Get*', 'eks:*', 'iam:*'])
      stage.simulation.faults.on(action, { kind: 'denied' });
    expect(await desk.apply([change])).toMatchObject({ outcome: 'refused' });
    expect(await picture()).toBe(before);
    expect(written()).toEqual([]);
  });

  it('is applied once when the process dies right after the write', async () => {
    const { desk, change, stage, world } = await set(kind);
    const { promise: died, resolve: die } = Promise.withResolvers<void>();
    const dying = new Desk(
      {
        ...world,
        write: async (one) => {
          await world.write(one);
          die();
          await new Promise(() => undefined);
        },
      },
      stage.simulation,
    );
    void dying.apply([change]);
    await died;
    expect(await world.read(change)).toEqual(change.after);
    desk.entries.push(...dying.entries);
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 0, already: 1 });
  });

  vanishing?.('is not forced when it goes between reading and writing', async () => {
    const { desk: _, change, stage, world, picture } = await set(kind);
    let theirs = '';
    const racing = new Desk(
      {
        ...world,
        write: async (one) => {
          await kind.vanish?.(stage);
          theirs = await picture();
          await world.write(one);
        },
      },
      stage.simulation,
    );
    const outcome = await racing.apply([change]);
    expect(outcome.outcome).toMatch(/^(?:stale|rolled-back|stopped)$/);
    expect(await picture()).toBe(theirs);
  });

  it('is not overwritten when somebody changes it between reading and writing, where the service can tell', async () => {
    const { change, stage, world, picture } = await set(kind);
    let theirs = '';
    const racing = new Desk(
      {
        ...world,
        write: async (one) => {
          await kind.interfere(stage);
          theirs = await picture();
          await world.write(one);
        },
      },
      stage.simulation,
    );
    const outcome = await racing.apply([change]);
    if (RACES.has(kind.writes ?? '')) return;
    expect(outcome.outcome).toBe('stale');
    expect(await picture()).toBe(theirs);
  });
});

/** Calls of IAM on what exists: whoever writes last wins, and the guide says so. */
const RACES: ReadonlySet<string> = new Set([
  'iam:AddClientIDToOpenIDConnectProvider',
  'iam:DeleteOpenIDConnectProvider',
  'iam:UpdateAssumeRolePolicy',
]);
