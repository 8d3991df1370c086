import * as z from 'zod';
import { hourOf, spentWith } from '../guards/budget.ts';
import { type Canary, type CanaryTurn, canarySchema, canaryTurn } from '../guards/canary-first.ts';
import { type RepairPorts, readKept } from './parts.ts';
import { change } from './records.ts';

const spentSchema = z.array(z.string());

/** What bounds how much is written: budgets, and canaries. */
export function limits({ records, now }: RepairPorts) {
  const canaryPart = (account: string) => `canary#${account}`;
  const readCanary = (body: string): Canary => readKept(canarySchema, 'canary', body);
  return {
    spend: async (account: string, write: string, budget: number): Promise<boolean> =>
      change(records, `budget#${account}`, hourOf(now()), (body) => {
        const spent = body === null ? [] : readKept(spentSchema, `budget#${account}`, body);
        const after = spentWith(spent, write, budget);
        return {
          body: after === null || after === spent ? null : JSON.stringify(after),
          result: after !== null,
        };
      }),
    canary: async (account: string, rule: string, plan: string): Promise<CanaryTurn> =>
      change(records, canaryPart(account), rule, (body) => {
        const turn = canaryTurn(body === null ? null : readCanary(body), plan, now());
        const canary: Canary = { plan, state: 'running', at: now().toISOString() };
        return { body: turn === 'goes-first' ? JSON.stringify(canary) : null, result: turn };
      }),
    endCanary: async (
      account: string,
      rule: string,
      plan: string,
      state: Exclude<Canary['state'], 'running'>,
    ): Promise<void> =>
      change(records, canaryPart(account), rule, (body) => {
        const canary = body === null ? null : readCanary(body);
        const ended: Canary = { plan, state, at: now().toISOString() };
        return { body: canary?.plan === plan ? JSON.stringify(ended) : null, result: undefined };
      }),
  };
}
