import type { ScopeRegister } from './triage.ts';

/**
 * Numbers a request by the newest event that asks for it: a redelivered event finds the execution that it started, and
 * needs no store. Every new event gives a new number, so nothing that arrives after a read is lost.
 */
export function eventRegister(hash: (text: string) => string): ScopeRegister {
  return {
    request: async (_scope, triggers) => hash(triggers[0]?.event.id ?? '').slice(0, 16),
  };
}
