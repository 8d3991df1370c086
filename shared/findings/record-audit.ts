import { type LifecycleOptions, type Step, stepsOf } from './lifecycle.ts';
import { decidedLast, type Memories, remembering } from './memory.ts';
import { findingScopeKey, scopesAround } from './scope.ts';
import { orderOf, type ScopeAudit } from './scope-audit.ts';
import type { FindingStore } from './store.ts';
import type { Transition } from './transition.ts';

export interface RecordOptions extends LifecycleOptions {
  /** Waits before another try, the first of which has number 1. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** Other writers were faster, again and again. */
export class FindingConflictError extends Error {
  override readonly name = 'FindingConflictError';
  constructor(audit: ScopeAudit) {
    super(
      `The findings of ${findingScopeKey(audit.scope)} were written by others ${MOST_ATTEMPTS} times while the audit ${audit.name} tried to. Try again: nothing is lost, and what was written stays right.`,
    );
  }
}

const MOST_ATTEMPTS = 10;

/**
 * Brings the stored findings of a scope to what an audit says, and returns the transitions that this call wrote. Runs
 * twice without harm, also after a crash at any point; an audit older than what was decided already changes nothing.
 * Throws InvalidAuditError, FindingConflictError, and what the store throws.
 */
export async function recordAudit(
  store: FindingStore,
  audit: ScopeAudit,
  options: RecordOptions,
): Promise<readonly Transition[]> {
  const written: Transition[] = [];
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const state = await stateFor(store, audit, options);
    if (state !== null) {
      const { outcome, transitions } = await store.commit(state.steps, state.memories);
      written.push(...transitions);
      if (outcome === 'written') return written;
    }
    await options.pause(attempt);
  }
  throw new FindingConflictError(audit);
}

interface State {
  readonly steps: readonly Step[];
  readonly memories: Memories;
}

/** Remembers the audit, then reads what it changes; null when another writer came in between. */
async function stateFor(
  store: FindingStore,
  audit: ScopeAudit,
  options: RecordOptions,
): Promise<State | null> {
  const own = (await store.memories([audit.scope])).get(findingScopeKey(audit.scope));
  const memory = remembering(own, audit);
  if (memory !== null && (await store.remember(audit.scope, memory)) === 'conflict') return null;
  const steps = stepsOf(await store.findingsOf(audit.scope), audit, options);
  const around = steps.flatMap(({ after }) => scopesAround(after.finding));
  const distinct = new Map(around.map((scope) => [findingScopeKey(scope), scope]));
  const memories = await store.memories([...distinct.values()]);
  const order = orderOf(audit);
  return { memories, steps: steps.filter(({ after }) => decidedLast(memories, after.finding) <= order) };
}
