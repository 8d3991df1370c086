import * as z from 'zod';
import { planSchema } from '../../changes/plan.ts';

/** What `podtrust migrate … --output json` prints. */
export const migrationListSchema = z.strictObject({
  plans: z
    .array(
      z.strictObject({
        name: z.string().describe('Name of the file with --out'),
        digest: z.string(),
        plan: planSchema,
      }),
    )
    .describe('In the order in which they are to be applied'),
  refused: z
    .array(z.strictObject({ target: z.string(), reasons: z.array(z.string()) }))
    .describe('What cannot be migrated, and why'),
  waiting: z.array(z.string()).describe('What has to be done or seen before the next step can be planned'),
  done: z.array(z.string()).describe('What is migrated, and how that is known'),
});

export type MigrationList = z.infer<typeof migrationListSchema>;
