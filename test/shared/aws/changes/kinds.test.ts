import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../../../shared/aws/changes/index.ts';
import type { World } from '../../../../shared/changes/applying.ts';
import { type Change, inverse, sameState } from '../../../../shared/changes/change.ts';
import { ACCOUNT, createStage, KINDS, type KindCase, type Stage } from '../../../support/change-kinds.ts';
import { Desk, simulatedWorld } from '../../../support/changes.ts';
import { pictureOf } from '../../../support/picture.ts';

const HOURS = 10_800;
const ANY = ['applied', 'rolled-back', 'stopped'];
const LOST: Strike = { kind: 'timeout', applied: true, times: 9 };
const late = (lateSeconds: number, times = Number.POSITIVE_INFINITY): Strike => ({
  kind: 'timeout',
  lateSeconds,
  times,
});

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
  stage.simulation.clock.advance(600 + delaySeconds);
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

  it.each(STORMS)(
    'ends in one of four ways where %s, and is what the end says',
    async (_how, delaySeconds, fault, isTakenBack, ends) => {
      const { desk, change, stage, world } = await set(kind, { delaySeconds });
      if (fault !== null && kind.writes !== null) stage.simulation.faults.on(kind.writes, fault);
      const first = await desk.toEnd([change]);
      stage.simulation.faults.clear();
      const last = isTakenBack && first.outcome === 'applied' ? await desk.toEnd([change], true) : first;
      stage.simulation.clock.advance(86_400);
      const live = await world.read(change);
      const stands = sameState(live, change.after)
        ? 'after'
        : sameState(live, change.before)
          ? 'before'
          : '?';
      expect([last.outcome, stands, desk.held.size]).toSatisfy(isTrueEnd);
      // Nothing happens to what Kubernetes is sent, and nothing takes back a mode.
      const also = kind.irreversible ? 'stopped' : kind.writes === null ? 'applied' : '';
      expect([...ends, also]).toContain(last.outcome);
    },
  );

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
    for (const fault of ['denied', 'throttled'] as const) {
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

  inAws?.(
    'keeps its lock when nobody says what became of the write, and goes on in the next run',
    async () => {
      for (const fault of [
        { kind: 'server-error' },
        { kind: 'timeout' },
        { kind: 'timeout', lateSeconds: 120 },
      ] as const) {
        const { desk, change, stage, world } = await set(kind, { maxAttempts: 1 });
        stage.simulation.faults.on(kind.writes ?? '', { ...fault, times: 1 });
        const first = await desk.apply([change]);
        expect(first.outcome).toMatch(/^(?:unseen|applied)$/);
        if (first.outcome === 'applied') continue;
        expect(desk.held.size).toBe(1);
        expect(await desk.apply([change])).toMatchObject({ outcome: 'applied' });
        expect(await world.read(change)).toEqual(change.after);
      }
    },
  );

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

/** How reads lag, what becomes of the write's requests, whether it is taken back afterwards, and the ends that it may have. */
const STORMS: readonly (readonly [
  how: string,
  delaySeconds: number,
  fault: Strike | null,
  isTakenBack: boolean,
  ends: readonly string[],
])[] = [
  ['reads lag a minute', 60, null, false, ['applied']],
  ['reads lag a minute, both ways', 60, null, true, ['rolled-back']],
  ['reads lag longer than a run is patient', 400, null, false, ['applied']],
  ['reads lag longer than a run is patient, both ways', 400, null, true, ['rolled-back']],
  ['reads lag for hours', HOURS, null, false, ANY],
  ['the answer is lost', 0, LOST, false, ['applied']],
  ['the answer is lost and reads lag', 400, LOST, false, ['applied']],
  ['the answer is lost and reads lag for hours', HOURS, LOST, true, ['rolled-back', 'stopped']],
  ['the request arrives late', 0, late(200, 2), false, ['applied']],
  ['the request arrives late and reads lag, both ways', 400, late(280, 2), true, ['rolled-back']],
  ['no request ever arrives', 0, { kind: 'timeout' }, false, ['rolled-back', 'stopped']],
  ['each request arrives late', 90, late(290), false, ['applied']],
  ['each request arrives late, and reads lag for hours', HOURS, late(290), false, ANY],
];

type Strike = Parameters<Stage['simulation']['faults']['on']>[1];

/** Applied, or taken back, and so it is; or stopped, with its lock. */
function isTrueEnd(value: unknown): boolean {
  const [outcome, stands, held] = value as [string, string, number];
  if (outcome === 'applied') return stands === 'after';
  if (outcome === 'rolled-back') return stands === 'before' && held === 0;
  return outcome === 'stopped' && held === 1;
}

/** Calls of IAM on what exists: whoever writes last wins, and the guide says so. */
const RACES: ReadonlySet<string> = new Set([
  'iam:AddClientIDToOpenIDConnectProvider',
  'iam:DeleteOpenIDConnectProvider',
  'iam:UpdateAssumeRolePolicy',
]);
