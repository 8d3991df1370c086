import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, finish, rollBackChanges } from '../../../shared/changes/apply.ts';
import {
  type Applying,
  type JournalEntry,
  type Outcome,
  SIGHT_SECONDS,
} from '../../../shared/changes/applying.ts';
import { begunIn } from '../../../shared/changes/begun.ts';
import { type Change, targetKey } from '../../../shared/changes/change.ts';
import '../../support/fixed-seed.ts';

const role = (name: string) => ({ account: '111122223333', arn: `arn:aws:iam::111122223333:role/${name}` });
const edit = (name: string): Change => ({
  kind: 'trust-policy',
  target: role(name),
  before: 'old',
  after: 'new',
});
const mode: Change = {
  kind: 'authentication-mode',
  target: { account: '111122223333', region: 'eu-west-1', cluster: 'shop' },
  before: 'CONFIG_MAP',
  after: 'API_AND_CONFIG_MAP',
};

class Crash extends Error {}

/** A world with as many calls as it takes, of which one fails or kills the process. */
class Stage {
  readonly live = new Map<string, Change['before']>();
  readonly locks = new Map<string, string>();
  readonly entries: (JournalEntry & { readonly at: string })[] = [];
  seconds = 0;
  calls = 0;
  writes = 0;
  fault: {
    readonly at: number;
    readonly how: 'fails' | 'fails-after' | 'crash-before' | 'crash-after';
  } | null = null;
  forbidden = false;
  frozen = false;

  constructor(changes: readonly Change[]) {
    for (const change of [...changes].reverse()) this.live.set(targetKey(change), change.before);
  }

  private async call<T>(act: () => T): Promise<T> {
    const hit = this.fault !== null && this.calls === this.fault.at ? this.fault.how : null;
    this.calls += 1;
    if (hit === 'fails') throw new Error('AccessDenied');
    if (hit === 'crash-before') throw new Crash();
    const result = act();
    if (hit === 'fails-after') throw new Error('timed out');
    if (hit === 'crash-after') throw new Crash();
    return result;
  }

  private write(change: Change): Promise<void> {
    return this.call(() => {
      this.writes += 1;
      this.live.set(targetKey(change), change.after);
    });
  }

  private readonly now = () => new Date(this.seconds * 1000);

  readonly applying: Applying = {
    world: {
      read: (change) => this.call(() => this.live.get(targetKey(change)) ?? null),
      write: (change) => this.write(change),
      writeAnyway: (change) => this.write(change),
    },
    locks: {
      acquire: async (key, holder) => {
        const free = this.locks.get(key) ?? holder;
        if (free === holder) this.locks.set(key, holder);
        return free === holder;
      },
      release: async (key) => void this.locks.delete(key),
    },
    journal: {
      record: (entry) => this.call(() => void this.entries.push({ ...entry, at: this.now().toISOString() })),
      begun: async (plan) => begunIn(this.entries.filter((entry) => entry.plan === plan)),
    },
    guards: [
      async () => (this.forbidden ? { allowed: false, reason: 'the kill switch is on' } : { allowed: true }),
    ],
    wayBackGuards: [
      async () => (this.frozen ? { allowed: false, reason: 'the kill switch is on' } : { allowed: true }),
    ],
    patience: {
      waits: [1000, 1000],
      sleep: async (milliseconds) => {
        this.seconds += milliseconds / 1000;
      },
    },
    now: this.now,
  };

  async run(changes: readonly Change[]): Promise<Outcome | 'crashed'> {
    let crashed = false;
    const applying: Applying = {
      ...this.applying,
      world: {
        read: (change) => guarded(() => this.applying.world.read(change)),
        write: (change) => guarded(() => this.applying.world.write(change)),
        writeAnyway: (change) => guarded(() => this.applying.world.writeAnyway(change)),
      },
      journal: {
        ...this.applying.journal,
        record: (entry) => guarded(() => this.applying.journal.record(entry)),
      },
    };
    /** After a crash nothing more of this run happens. */
    async function guarded<T>(act: () => Promise<T>): Promise<T> {
      if (crashed) return new Promise<T>(() => undefined);
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashed = true;
        ended();
        return new Promise<T>(() => undefined);
      }
    }
    let ended: () => void = () => undefined;
    const crash = new Promise<'crashed'>((resolve) => {
      ended = () => resolve('crashed');
    });
    return Promise.race([applyChanges('plan', changes, applying), crash]);
  }

  /** Runs it as a workflow does: again after a crash and while something is not seen, and then takes it back. */
  async toEnd(changes: readonly Change[]): Promise<Outcome> {
    const start = this.seconds;
    let outcome: Outcome | 'crashed' = await this.run(changes);
    this.fault = null;
    while (outcome === 'crashed' || outcome.outcome === 'unseen') {
      this.seconds += 60;
      outcome =
        this.seconds - start < SIGHT_SECONDS
          ? await this.run(changes)
          : await rollBackChanges('plan', changes, 'it is not seen', this.applying);
      if (this.seconds - start > 3 * SIGHT_SECONDS) throw new Error('It does not end.');
    }
    return outcome;
  }
}

/** An entry that is deleted with its policy and made anew with it, as it was. */
const entry = { ...mode.target, principal: role('node').arn };
const policy = { ...entry, policy: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy' };
const [standard, everywhere] = [{ type: 'STANDARD', groups: [] }, { type: 'cluster' as const }];
const anew: readonly Change[] = [
  { kind: 'access-policy', target: policy, before: everywhere, after: null },
  { kind: 'access-entry', target: entry, before: standard, after: null },
  { kind: 'access-entry', target: entry, before: null, after: standard },
  { kind: 'access-policy', target: policy, before: null, after: everywhere },
];

const changes = [edit('a'), edit('b'), edit('c')];
const states = (stage: Stage, of: readonly Change[] = changes) =>
  of.map((change) => stage.live.get(targetKey(change)));

describe('applying changes', () => {
  it('writes each once, sees it, and holds its locks until it is finished', async () => {
    const stage = new Stage(changes);
    expect(await stage.run(changes)).toEqual({ outcome: 'applied', written: 3, already: 0 });
    expect(states(stage)).toEqual(['new', 'new', 'new']);
    expect(stage.locks.size).toBe(3);
    await finish('plan', changes, stage.applying.locks);
    expect(stage.locks.size).toBe(0);
    expect(stage.entries.filter(({ what }) => what === 'writing').map(({ before }) => before)).toEqual([
      'old',
      'old',
      'old',
    ]);
  });

  it('writes nothing the second time', async () => {
    const stage = new Stage(changes);
    await stage.run(changes);
    expect(await stage.run(changes)).toEqual({ outcome: 'applied', written: 0, already: 3 });
    expect(stage.writes).toBe(3);
  });

  it('refuses what changed since, and undoes what it wrote before it came there', async () => {
    const stage = new Stage(changes);
    stage.live.set(targetKey(edit('b')), 'somebody else');
    expect(await stage.run(changes)).toMatchObject({ outcome: 'rolled-back', change: 1 });
    expect(states(stage)).toEqual(['old', 'somebody else', 'old']);
  });

  it('writes nothing when the first is stale', async () => {
    const stage = new Stage(changes);
    stage.live.set(targetKey(edit('a')), 'somebody else');
    expect(await stage.run(changes)).toMatchObject({ outcome: 'stale', change: 0 });
    expect(stage.writes).toBe(0);
  });

  it('writes nothing when a guard says no', async () => {
    const stage = new Stage(changes);
    stage.forbidden = true;
    expect(await stage.run(changes)).toEqual({
      outcome: 'refused',
      change: 0,
      reason: 'the kill switch is on',
    });
    expect(stage.writes).toBe(0);
  });

  it('takes back what a crashed run wrote when a guard says no to the next run', async () => {
    const stage = new Stage(changes);
    stage.fault = { at: 6, how: 'crash-before' };
    expect(await stage.run(changes)).toBe('crashed');
    expect(states(stage)).toEqual(['new', 'old', 'old']);
    stage.fault = null;
    stage.forbidden = true;
    expect(await stage.run(changes)).toMatchObject({ outcome: 'rolled-back' });
    expect([states(stage), stage.locks.size]).toEqual([['old', 'old', 'old'], 0]);
  });

  it('stops with its locks held where the way back is barred', async () => {
    const stage = new Stage(changes);
    stage.live.set(targetKey(edit('b')), 'somebody else');
    stage.frozen = true;
    expect(await stage.run(changes)).toEqual({
      outcome: 'stopped',
      change: 0,
      reason: expect.stringContaining('the way back is barred: the kill switch is on'),
    });
    expect([states(stage), stage.locks.size]).toEqual([['new', 'somebody else', 'old'], 3]);
  });

  it('rolls back what it applied, twice without harm, and lets go of its locks', async () => {
    const stage = new Stage(changes);
    await stage.run(changes);
    for (const writes of [6, 6]) {
      const outcome = await rollBackChanges('plan', changes, 'the finding is still there', stage.applying);
      expect(outcome.outcome).toBe('rolled-back');
      expect([states(stage), stage.locks.size, stage.writes]).toEqual([['old', 'old', 'old'], 0, writes]);
    }
  });

  it('says nothing, and keeps its locks, where nobody can tell whether a run that crashed wrote something', async () => {
    const stage = new Stage(changes);
    stage.fault = { at: 6, how: 'crash-before' };
    expect(await stage.run(changes)).toBe('crashed');
    stage.fault = null;
    const journal = { ...stage.applying.journal, begun: () => Promise.reject(new Error('throttled')) };
    await expect(applyChanges('plan', changes, { ...stage.applying, journal })).rejects.toThrow('throttled');
    expect([states(stage), stage.locks.size]).toEqual([['new', 'old', 'old'], 3]);
  });

  it('writes nothing while another plan holds one of its targets', async () => {
    const stage = new Stage(changes);
    stage.locks.set(targetKey(edit('c')), 'another');
    expect(await stage.run(changes)).toMatchObject({ outcome: 'refused' });
    expect([stage.writes, stage.locks.size]).toEqual([0, 1]);
  });

  it('stops with its locks held where a change that nothing undoes stands and a later one fails', async () => {
    const all = [mode, edit('a')];
    const stage = new Stage(all);
    stage.live.set(targetKey(edit('a')), 'somebody else');
    expect(await stage.run(all)).toMatchObject({ outcome: 'stopped', change: 0 });
    expect(stage.locks.size).toBe(2);
  });

  it('whatever call fails, or whenever the process dies: after a retry it is untouched, applied, rolled back, or stopped with locks', async () => {
    const clean = new Stage(changes);
    await clean.run(changes);
    const faults = ['fails', 'fails-after', 'crash-before', 'crash-after'] as const;
    for (let at = 0; at < clean.calls; at++) {
      for (const how of faults) {
        const stage = new Stage(changes);
        stage.fault = { at, how };
        const outcome = await stage.toEnd(changes);
        const after = JSON.stringify(states(stage));
        expect({ at, how, outcome, after, locks: stage.locks.size }).toSatisfy(isOneOfFour);
      }
    }
  });

  it('makes anew what looks alike before and after: each of its writes once, whenever the process dies', async () => {
    const clean = new Stage(anew);
    expect(await clean.run(anew)).toEqual({ outcome: 'applied', written: 4, already: 0 });
    expect(await clean.run(anew)).toEqual({ outcome: 'applied', written: 0, already: 4 });
    expect(clean.writes).toBe(4);
    for (let at = 0; at < clean.calls; at++) {
      for (const how of ['crash-before', 'crash-after'] as const) {
        const stage = new Stage(anew);
        stage.fault = { at, how };
        await stage.run(anew);
        stage.fault = null;
        const { outcome } = (await stage.run(anew)) as Outcome;
        expect({ at, how, outcome, writes: stage.writes, live: states(stage, anew.slice(2)) }).toEqual({
          at,
          how,
          outcome: 'applied',
          writes: 4,
          live: [standard, everywhere],
        });
      }
    }
  });

  it('takes back what it made anew, by making it anew once more', async () => {
    const stage = new Stage(anew);
    await stage.run(anew);
    const outcome = await rollBackChanges('plan', anew, 'it did not help', stage.applying);
    expect([outcome.outcome, stage.writes, states(stage, anew.slice(2))]).toEqual([
      'rolled-back',
      8,
      [standard, everywhere],
    ]);
  });

  it('however states and faults fall: never half of it without a stop, and never over what somebody else wrote', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('old', 'new', 'else', null), { minLength: 3, maxLength: 3 }),
        fc.nat(24),
        fc.constantFrom('fails', 'fails-after', 'crash-before', 'crash-after'),
        async (live, at, how) => {
          const stage = new Stage(changes);
          for (const [index, change] of changes.entries())
            stage.live.set(targetKey(change), live[index] ?? null);
          stage.fault = { at, how };
          const outcome = await stage.toEnd(changes);
          for (const [index, state] of states(stage).entries()) {
            if (live[index] === 'else' || live[index] === null) expect(state).toBe(live[index]);
          }
          if (outcome.outcome === 'applied') expect(states(stage)).toEqual(['new', 'new', 'new']);
          if (!['stopped', 'applied'].includes(outcome.outcome)) expect(stage.locks.size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function isOneOfFour(value: unknown): boolean {
  const { outcome, after, locks } = value as { outcome: Outcome; after: string; locks: number };
  const untouched = after === '["old","old","old"]';
  switch (outcome.outcome) {
    case 'applied':
      return after === '["new","new","new"]' && locks === 3;
    case 'stopped':
      return locks > 0;
    case 'unseen':
      return false;
    case 'refused':
    case 'stale':
    case 'rolled-back':
      return untouched && locks === 0;
  }
}
