import { rollBackChanges } from '../../changes/apply.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import { type ApplyPorts, applyingOf, concludeRolledBack, concludeStopped } from './apply.ts';

/** What became of taking a plan back. */
export interface RolledBack {
  readonly outcome: 'rolled-back' | 'stopped';
}

/** Takes back what a plan wrote, in reverse. Runs twice without harm. */
export function rollBackPlan(ports: ApplyPorts) {
  return async (digest: string, reason: string): Promise<RolledBack> => {
    const { store } = ports;
    const kept = await store.plan(digest);
    const standing = standingOf(await store.entries(digest));
    if (standing === 'rolled-back' || standing === 'stopped') return { outcome: standing };
    await store.note({ plan: digest, what: 'not-verified', reason });
    const { changes } = kept.plan;
    const outcome = await rollBackChanges(digest, changes, reason, applyingOf(digest, kept, ports));
    if (outcome.outcome === 'stopped') {
      await concludeStopped(digest, kept, outcome.reason, ports);
      return { outcome: 'stopped' };
    }
    await concludeRolledBack(digest, kept, reason, ports);
    return { outcome: 'rolled-back' };
  };
}
