import { createHash } from 'node:crypto';
import { asCaller } from '../../shared/aws/changes/enter.ts';
import { type WorldOptions, worldOf } from '../../shared/aws/changes/world.ts';
import type { Applying, JournalEntry, Locks, World } from '../../shared/changes/apply.ts';
import { applyChanges, finish, type Outcome } from '../../shared/changes/apply.ts';
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
  readonly entries: JournalEntry[] = [];
  readonly applying: Applying;

  constructor(world: World, simulation: Simulation) {
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
        record: async (entry) => void this.entries.push(entry),
        begun: async (plan) => this.begun(plan),
      },
      guards: [],
      wayBackGuards: [],
      patience: patienceOf(simulation),
    };
  }

  private begun(plan: string): Set<number> {
    const begun = new Set<number>();
    for (const entry of this.entries.filter((one) => one.plan === plan)) {
      if (entry.what === 'writing') begun.add(entry.change);
      if (entry.what === 'undone' || entry.what === 'stale') begun.delete(entry.change);
    }
    return begun;
  }

  /** Applies and, since nobody verifies here, lets go of the targets. */
  async apply(changes: readonly Change[], plan = 'plan'): Promise<Outcome> {
    const outcome = await applyChanges(plan, changes, this.applying);
    if (outcome.outcome === 'applied') await finish(plan, changes, this.applying.locks);
    return outcome;
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
