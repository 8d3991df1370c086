import { createHash } from 'node:crypto';
import { asCaller } from '../../shared/aws/changes/enter.ts';
import { type WorldOptions, worldOf } from '../../shared/aws/changes/world.ts';
import { applyChanges, finish, rollBackChanges } from '../../shared/changes/apply.ts';
import type { Applying, JournalEntry, Locks, World } from '../../shared/changes/applying.ts';
import { type Outcome, SIGHT_SECONDS } from '../../shared/changes/applying.ts';
import { begunIn } from '../../shared/changes/begun.ts';
import { type Change, inverse } from '../../shared/changes/change.ts';
import type { Simulation } from '../../simulator/simulation.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A world over a simulation, whose clock moves while it waits. */
export function simulatedWorld(
  simulation: Simulation,
  account: string,
  { maxAttempts = 2, ...options }: Partial<WorldOptions> & { readonly maxAttempts?: number } = {},
): World {
  const admin = `arn:aws:iam::${account}:role/admin`;
  return worldOf({
    plan: 'p'.repeat(64),
    enter: asCaller(simulation.clients({ account, principal: admin, maxAttempts }), account),
    hash: sha256,
    patience: patienceOf(simulation),
    ...options,
  });
}

/** Ten waits of ten simulated seconds. */
const patienceOf = (simulation: Simulation) => ({
  waits: Array.from({ length: 10 }, () => 10_000),
  sleep: async (milliseconds: number) => simulation.clock.advance(milliseconds / 1000),
});

/** Everything that applying takes, in memory. */
export class Desk {
  readonly held = new Map<string, string>();
  readonly entries: (JournalEntry & { readonly at: string })[] = [];
  readonly applying: Applying;

  private readonly simulation: Simulation;

  constructor(world: World, simulation: Simulation) {
    this.simulation = simulation;
    const { now } = simulation.clock;
    const locks: Locks = {
      acquire: async (key, holder) => {
        if ((this.held.get(key) ?? holder) !== holder) return false;
        this.held.set(key, holder);
        return true;
      },
      release: async (key) => void this.held.delete(key),
    };
    this.applying = {
      world,
      locks,
      journal: {
        record: async (entry) => void this.entries.push({ ...entry, at: now().toISOString() }),
        begun: async (plan) => begunIn(this.entries.filter((one) => one.plan === plan)),
      },
      guards: [],
      wayBackGuards: [],
      patience: patienceOf(simulation),
      now,
    };
  }

  /** Applies and, since nobody verifies here, lets go of the targets. */
  async apply(changes: readonly Change[], plan = 'plan'): Promise<Outcome> {
    const outcome = await applyChanges(plan, changes, this.applying);
    if (outcome.outcome === 'applied') await finish(plan, changes, this.applying.locks);
    return outcome;
  }

  /** As the workflow does: again, a minute later, while something is not seen; for half an hour, then it is taken back. */
  async toEnd(changes: readonly Change[], isBack = false, plan = 'plan'): Promise<Outcome> {
    const { clock } = this.simulation;
    const start = clock.now().getTime();
    const age = () => (clock.now().getTime() - start) / 1000;
    for (;;) {
      const outcome =
        isBack || age() >= SIGHT_SECONDS
          ? await rollBackChanges(plan, changes, 'it is not wanted', this.applying)
          : await applyChanges(plan, changes, this.applying);
      if (outcome.outcome !== 'unseen') return outcome;
      if (age() > 4 * SIGHT_SECONDS) throw new Error('It does not end.');
      clock.advance(60);
    }
  }

  /** What undoes the changes, as a plan of its own. */
  undo(changes: readonly Change[]): Promise<Outcome> {
    const back = [...changes].reverse().map(inverse);
    return this.apply(
      back.filter((change) => change !== null),
      'undo',
    );
  }
}
