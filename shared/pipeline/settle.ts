import type { Turn } from './lane.ts';
import type { ScopeRegister } from './register.ts';
import type { Evaluations } from './request-evaluations.ts';

export interface SettlePorts {
  readonly register: Pick<ScopeRegister, 'settle'>;
  readonly evaluations: Pick<Evaluations, 'start'>;
}

export interface Settled {
  /** Name of the execution that goes on with what was asked for meanwhile; null: nothing was. */
  readonly next: string | null;
}

/** Ends a turn: what it covered is judged, what came meanwhile gets a turn of its own. Runs twice without harm. */
export function settle({ register, evaluations }: SettlePorts) {
  return async (turn: Turn, covering: number): Promise<Settled> => {
    const next = await register.settle(turn, covering);
    if (next !== null) await evaluations.start(next);
    return { next: next?.name ?? null };
  };
}
