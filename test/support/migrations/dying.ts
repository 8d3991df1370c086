import { applyChanges, finish } from '../../../shared/changes/apply.ts';
import type { Applying, Outcome } from '../../../shared/changes/applying.ts';
import type { Change } from '../../../shared/changes/change.ts';

/** Where a process dies: before or after the write of a change, counted from the plan's first. */
export interface Death {
  readonly change: number;
  readonly when: 'before' | 'after';
}

/** Every death that a plan can die by a write of its own. */
export function deathsOf(changes: readonly Change[]): Death[] {
  return changes.flatMap((_, change): Death[] => [
    { change, when: 'before' },
    { change, when: 'after' },
  ]);
}

/**
 * Applies a plan with a process that dies at one of its writes: nothing of it happens any more, not even its error
 * handling; its journal and its locks stay as they were. Returns the outcome where the process lived.
 */
export async function applyDying(
  plan: string,
  changes: readonly Change[],
  applying: Applying,
  death: Death,
): Promise<Outcome | 'died'> {
  return new Promise((resolve, reject) => {
    const end = (): Promise<never> => {
      resolve('died');
      return new Promise(() => undefined);
    };
    const world: Applying['world'] = {
      ...applying.world,
      write: async (change, request) => {
        const strikes = changes[death.change] === change;
        if (strikes && death.when === 'before') return end();
        await applying.world.write(change, request);
        return strikes ? end() : undefined;
      },
    };
    void (async () => {
      const outcome = await applyChanges(plan, changes, { ...applying, world });
      if (outcome.outcome === 'applied') await finish(plan, changes, applying.locks);
      resolve(outcome);
    })().catch(reject);
  });
}
