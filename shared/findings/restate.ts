import type { Finding } from './finding.ts';
import { type LifecycleOptions, type Step, statusStep } from './lifecycle.ts';
import { findingScopeKey, scopesAround } from './scope.ts';
import type { FindingStore } from './store.ts';
import type { StoredFinding } from './stored.ts';
import type { Transition } from './transition.ts';

export interface RestateOptions extends LifecycleOptions {
  /** What gives the findings their status. */
  readonly name: string;
  readonly now: Date;
}

/** What became of findings whose status was to change. */
export interface Restated {
  readonly transitions: readonly Transition[];
  /** How many somebody else wrote meanwhile: the next run sees them as they are then. */
  readonly conflicts: number;
}

/**
 * Gives stored findings another status without judging them anew: a waiver began or ended, and nothing else is known to
 * have changed. Each is written by itself, with its transition, if it is still what was read.
 */
export async function restate(
  store: FindingStore,
  findings: readonly { readonly stored: StoredFinding; readonly finding: Finding }[],
  options: RestateOptions,
): Promise<Restated> {
  const transitions: Transition[] = [];
  let conflicts = 0;
  for (const { stored, finding } of findings) {
    const step = statusStep(stored, finding, options);
    const outcome = await commitOne(store, step);
    transitions.push(...outcome.transitions);
    if (outcome.outcome === 'conflict') conflicts += 1;
  }
  return { transitions, conflicts };
}

async function commitOne(store: FindingStore, step: Step) {
  const scopes = new Map(scopesAround(step.after.finding).map((scope) => [findingScopeKey(scope), scope]));
  return store.commit([step], await store.memories([...scopes.values()]));
}
