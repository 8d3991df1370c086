import * as z from 'zod';
import { digestOf, type Plan } from '../plan.ts';
import {
  type KeptPlan,
  keptPlanSchema,
  type Origin,
  PoisonedPlanError,
  UnknownPlanError,
} from './kept-plan.ts';
import { planPart, type RepairPorts, readKept } from './parts.ts';

const planLineSchema = z.strictObject({ plan: z.string(), madeAt: z.string(), title: z.string() });

/** A plan in a list. */
export type PlanLine = z.infer<typeof planLineSchema>;

const LIST = 'plans';

/** Plans by their digests. */
export function plans({ records, hash }: RepairPorts) {
  return {
    keep: async (plan: Plan, origin: Origin): Promise<string> => {
      const digest = digestOf(plan, hash);
      await records.write(planPart(digest), 'plan', JSON.stringify({ plan, origin }), 0);
      const line: PlanLine = { plan: digest, madeAt: plan.madeAt, title: plan.title };
      await records.write(LIST, `${new Date(plan.madeAt).toISOString()} ${digest}`, JSON.stringify(line), 0);
      return digest;
    },
    plan: async (digest: string): Promise<KeptPlan> => {
      const kept = await records.read(planPart(digest), 'plan');
      if (kept === null) throw new UnknownPlanError(digest);
      const read = readKept(keptPlanSchema, `${planPart(digest)} plan`, kept.body);
      const found = digestOf(read.plan, hash);
      if (found !== digest) throw new PoisonedPlanError(digest, found);
      return read;
    },
    plans: async (): Promise<readonly PlanLine[]> =>
      (await records.list(LIST, ''))
        .map(({ sort, body }) => readKept(planLineSchema, `${LIST} ${sort}`, body))
        .reverse(),
  };
}
