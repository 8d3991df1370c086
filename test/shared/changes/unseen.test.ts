import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, rollBackChanges } from '../../../shared/changes/apply.ts';
import {
  type Applying,
  type JournalEntry,
  LATE_SECONDS,
  type Outcome,
  SIGHT_SECONDS,
} from '../../../shared/changes/applying.ts';
import { begunIn } from '../../../shared/changes/begun.ts';
import { type Change, sameState, showsAtOnce, targetKey } from '../../../shared/changes/change.ts';
import { RefusedWriteError } from '../../../shared/changes/write-errors.ts';
import '../../support/fixed-seed.ts';

const ACCOUNT = '111122223333';
const inCluster = { account: ACCOUNT, region: 'eu-west-1', cluster: 'shop' };
const role = (name: string): Change => ({
  kind: 'trust-policy',
  target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/${name}` },
  before: 'old',
  after: 'new',
});
const entry: Change = {
  kind: 'access-entry',
  target: { ...inCluster, principal: `arn:aws:iam::${ACCOUNT}:role/a` },
  before: null,
  after: { type: 'STANDARD', groups: ['viewers'] },
};
const awsAuth: Change = {
  kind: 'aws-auth',
  target: inCluster,
  before: { data: { mapRoles: '' } },
  after: { data: { mapRoles: 'a' } },
};

/** What becomes of a request. `late`: nobody answers, and it arrives after so many seconds. */
type Fate =
  | 'taken'
  | 'refused'
  | 'lost'
  | 'lost-answer'
  | 'dies-before'
  | 'dies-after'
  | { readonly late: number };

class Died extends Error {}

/** A world whose reads lag behind, each as far as it happens to, and whose requests meet with what they meet with. */
class Sky {
  readonly entries: (JournalEntry & { readonly at: string })[] = [];
  readonly locks = new Map<string, string>();
  readonly fates: Fate[];
  readonly lags: number[];
  seconds = 0;
  /** What really is, since when. */
  private readonly truth = new Map<string, { readonly at: number; readonly state: Change['before'] }[]>();
  private arriving: { readonly at: number; readonly change: Change }[] = [];
  private reads = 0;

  constructor(changes: readonly Change[], fates: readonly Fate[], lags: readonly number[]) {
    this.fates = [...fates];
    this.lags = [...lags];
    for (const change of changes)
      this.truth.set(targetKey(change), [{ at: Number.NEGATIVE_INFINITY, state: change.before }]);
  }

  private history(change: Change) {
    return this.truth.get(targetKey(change)) ?? [];
  }

  /** What really is now. */
  state(change: Change): Change['before'] {
    return this.history(change).at(-1)?.state ?? null;
  }

  advance(seconds: number): void {
    const until = this.seconds + seconds;
    const due = this.arriving.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.arriving = this.arriving.filter(({ at }) => at > until);
    for (const { at, change } of due) {
      this.seconds = at;
      this.put(change);
    }
    this.seconds = until;
  }

  private put(change: Change): void {
    this.history(change).push({ at: this.seconds, state: change.after });
  }

  private readonly now = () => new Date(this.seconds * 1000);

  private async read(change: Change): Promise<Change['before']> {
    const lag = showsAtOnce(change) ? 0 : (this.lags[this.reads++ % this.lags.length] ?? 0);
    return this.history(change).findLast(({ at }) => at <= this.seconds - lag)?.state ?? null;
  }

  private async write(change: Change): Promise<void> {
    const fate = this.fates.shift() ?? 'taken';
    switch (fate) {
      case 'taken':
        return this.put(change);
      case 'refused':
        throw new RefusedWriteError(new Error('AccessDenied'));
      case 'lost':
        throw new Error('timed out');
      case 'lost-answer':
        this.put(change);
        throw new Error('timed out');
      case 'dies-before':
        throw new Died();
      case 'dies-after':
        this.put(change);
        throw new Died();
      default:
        this.arriving.push({ at: this.seconds + fate.late, change });
        throw new Error('timed out');
    }
  }

  readonly applying: Applying = {
    world: {
      read: (change) => this.read(change),
      write: (change) => this.write(change),
      writeAnyway: (change) => this.write(change),
    },
    locks: {
      acquire: async (key, holder) => {
        this.locks.set(key, holder);
        return true;
      },
      release: async (key) => void this.locks.delete(key),
    },
    journal: {
      record: async (line) => void this.entries.push({ ...line, at: this.now().toISOString() }),
      begun: async () => begunIn(this.entries),
    },
    guards: [],
    wayBackGuards: [],
    patience: {
      waits: [5_000, 10_000, 20_000, 25_000],
      sleep: async (milliseconds) => this.advance(milliseconds / 1000),
    },
    now: this.now,
  };

  /** One run of a process, which may die. */
  private async run(changes: readonly Change[], isBack: boolean): Promise<Outcome | 'died'> {
    return new Promise((resolve, reject) => {
      const orDie =
        (write: (change: Change) => Promise<void>) =>
        async (change: Change): Promise<void> => {
          try {
            await write(change);
          } catch (error) {
            if (!(error instanceof Died)) throw error;
            resolve('died');
            // Nothing of the process happens any more.
            await new Promise(() => undefined);
          }
        };
      const { read, write, writeAnyway } = this.applying.world;
      const world = { read, write: orDie(write), writeAnyway: orDie(writeAnyway) };
      const applying = { ...this.applying, world };
      const outcome = isBack
        ? rollBackChanges('plan', changes, 'it did not help', applying)
        : applyChanges('plan', changes, applying);
      outcome.then(resolve, reject);
    });
  }

  /** As the workflow does: again, a minute later, until it is told otherwise; what is never seen is taken back. */
  async toEnd(changes: readonly Change[], isBack = false): Promise<Outcome> {
    const start = this.seconds;
    for (;;) {
      const isOut = isBack || this.seconds - start >= SIGHT_SECONDS;
      const outcome = await this.run(changes, isOut);
      if (outcome !== 'died' && outcome.outcome !== 'unseen') return outcome;
      this.advance(outcome === 'died' ? 2 : 60);
      if (this.seconds - start > 4 * SIGHT_SECONDS) throw new Error('It does not end.');
    }
  }

  /** Long after, when everything has arrived. */
  settle(): void {
    this.advance(86_400);
  }
}

/** One of the four ends, of what really is. */
function endOf(sky: Sky, changes: readonly Change[], { outcome }: Outcome): string | null {
  sky.settle();
  const all = (which: 'before' | 'after') =>
    changes.every((change) => sameState(sky.state(change), change[which]));
  const isLocked = changes.every((change) => sky.locks.has(targetKey(change)));
  switch (outcome) {
    case 'applied':
      return all('after') && isLocked ? 'applied' : null;
    case 'stopped':
      return isLocked ? 'stopped' : null;
    case 'rolled-back':
      return all('before') && sky.locks.size === 0 ? 'taken back' : null;
    case 'refused':
    case 'stale':
      return all('before') && sky.locks.size === 0 ? 'untouched' : null;
    case 'unseen':
      return null;
  }
}

const HOUR = 3600;
const lost = (length: number): Fate[] => Array.from({ length }, () => 'lost');

describe.each<[string, Change]>([
  ['a trust policy', role('a')],
  ['an access entry', entry],
  ['aws-auth', awsAuth],
])('a write of %s', (_what, change) => {
  it.each<[string, Fate[], number, string]>([
    ['is seen after an hour', ['taken'], HOUR, showsAtOnce(change) ? 'applied' : 'taken back'],
    ['is seen after ten minutes', ['taken'], 600, 'applied'],
    ['loses its answer', ['lost-answer'], 0, 'applied'],
    ['loses its answer and is seen after ten minutes', ['lost-answer'], 600, 'applied'],
    ['arrives three minutes later', [{ late: 180 }], 0, 'applied'],
    ['arrives when it was sent once more', [{ late: 299 }, 'taken'], 0, 'applied'],
    ['never arrives, the first time', ['lost'], 0, 'applied'],
    ['never arrives, however often', lost(15), 0, 'taken back'],
    ['never arrives, nor does its way back', lost(90), 0, showsAtOnce(change) ? 'taken back' : 'stopped'],
    ['is refused', ['refused'], 0, 'taken back'],
    ['is refused once its first answer was lost', ['lost-answer', 'refused'], 600, 'applied'],
    ['dies before it is sent', ['dies-before'], 0, 'applied'],
    ['dies when it is sent', ['dies-after'], 600, 'applied'],
  ])('%s: it stands and is applied, or does not and is not', async (_how, fates, lag, end) => {
    const sky = new Sky([change], fates, [lag]);
    expect(endOf(sky, [change], await sky.toEnd([change]))).toBe(end);
  });

  it('that was seen and reads as before when it is to be taken back is taken back', async () => {
    const sky = new Sky([change], [], [0]);
    expect((await sky.toEnd([change])).outcome).toBe('applied');
    // Another replica answers now, which is behind.
    sky.lags.splice(0, 1, 300);
    const outcome = await sky.toEnd([change], true);
    expect(endOf(sky, [change], outcome)).toBe('taken back');
  });

  it('that is there when the next run comes is not asked for once more, whatever guards say by then', async () => {
    const sky = new Sky([change], ['dies-after'], [0]);
    const guards = [async () => ({ allowed: false, reason: 'its finding is gone' }) as const];
    const died = new Promise((resolve) => {
      const { world } = sky.applying;
      const write = (one: Change) => world.write(one).catch(() => new Promise<void>(() => resolve('died')));
      void applyChanges('plan', [change], { ...sky.applying, world: { ...world, write } });
    });
    expect(await died).toBe('died');
    const outcome = await applyChanges('plan', [change], { ...sky.applying, guards });
    expect(endOf(sky, [change], outcome)).toBe('applied');
  });

  it('that nobody answered is not taken back before it is too old to arrive', async () => {
    const sky = new Sky([change], [{ late: 299 }], [0]);
    const run = applyChanges('plan', [change], sky.applying);
    expect((await run).outcome).toBe('unseen');
    const back = rollBackChanges('plan', [change], 'it is not wanted', sky.applying);
    expect((await back).outcome).toBe('unseen');
    expect(sky.locks.size).toBe(1);
    const outcome = await sky.toEnd([change], true);
    expect(sky.seconds).toBeGreaterThanOrEqual(LATE_SECONDS);
    expect(endOf(sky, [change], outcome)).toBe('taken back');
  });
});

it('a way back that has begun goes on, whatever guards and reads say by then', async () => {
  // The second would be seen at once, and the first still reads as it is not any more.
  const changes = [role('a'), awsAuth];
  const sky = new Sky(changes, ['taken', 'refused', 'taken'], [0]);
  const slow = { ...sky.applying, patience: { ...sky.applying.patience, waits: [] } };
  const first = applyChanges('plan', changes, {
    ...slow,
    world: {
      ...slow.world,
      write: async (change) => {
        sky.advance(500);
        await slow.world.write(change).finally(() => {
          // From the first way back on reads are behind.
          if (change.after === 'old') sky.lags.splice(0, 1, 100);
        });
      },
    },
  });
  expect((await first).outcome).toBe('unseen');
  expect(sky.entries.map(({ what }) => what)).toContain('undo-written');
  const outcome = await sky.toEnd(changes);
  expect(endOf(sky, changes, outcome)).toBe('taken back');
});

it('what cannot be undone and may stand unseen stops with its lock', async () => {
  const mode: Change = {
    kind: 'authentication-mode',
    target: inCluster,
    before: 'CONFIG_MAP',
    after: 'API_AND_CONFIG_MAP',
  };
  const sky = new Sky([mode], ['lost-answer', 'refused'], [4 * HOUR]);
  const outcome = await sky.toEnd([mode]);
  expect([outcome.outcome, endOf(sky, [mode], outcome)]).toEqual(['stopped', 'stopped']);
});

it('however reads lag, answers are lost and processes die: untouched, applied, really taken back, or stopped with its locks', async () => {
  const fate = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fate>('taken') },
    fc.constantFrom<Fate>('refused', 'lost', 'lost-answer', 'dies-before', 'dies-after'),
    fc.record({ late: fc.integer({ min: 1, max: 299 }) }),
  );
  const lag = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 120 }),
    fc.integer({ min: 120, max: HOUR }),
    fc.constant(10 * HOUR),
  );
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 8 }),
      fc.array(lag, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.uniqueArray(fc.constantFrom(role('a'), entry, awsAuth, role('b')), { minLength: 1 }),
      async (fates, lags, isTakenBack, changes) => {
        const sky = new Sky(changes, fates, lags);
        let outcome = await sky.toEnd(changes);
        if (isTakenBack && outcome.outcome === 'applied') outcome = await sky.toEnd(changes, true);
        const end = endOf(sky, changes, outcome);
        expect(end).toEqual(expect.any(String));
        ends.set(end ?? '', (ends.get(end ?? '') ?? 0) + 1);
      },
    ),
    { numRuns: 500 },
  );
  expect(Math.min(...['applied', 'taken back', 'stopped'].map((end) => ends.get(end) ?? 0))).toBeGreaterThan(
    5,
  );
});
