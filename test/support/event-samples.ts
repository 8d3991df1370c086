import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** What every sample has of EventBridge's envelope and of CloudTrail's record. */
const sampleSchema = z.strictObject({
  version: z.literal('0'),
  id: z.uuid(),
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  source: z.string().regex(/^aws\.(?:eks|iam|sts|eks-auth)$/),
  account: z.string().regex(/^\d{12}$/),
  time: z.iso.datetime(),
  region: z.string(),
  resources: z.array(z.never()),
  detail: z.looseObject({
    eventName: z.string(),
    eventSource: z.string(),
    eventTime: z.iso.datetime(),
    eventID: z.uuid(),
    errorCode: z.string().optional(),
    readOnly: z.boolean(),
    recipientAccountId: z.string().regex(/^\d{12}$/),
  }),
});

export type Sample = z.infer<typeof sampleSchema>;

/** The samples of `events/` by folder and file: `CreateCluster/success`. Throws ZodError for what is no envelope. */
export const samples: ReadonlyMap<string, Sample> = new Map(
  readdirSync('events', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json') && !path.startsWith('scenarios/'))
    .sort()
    .map((path) => [
      path.replace(/\.json$/, ''),
      sampleSchema.parse(JSON.parse(readFileSync(`events/${path}`, 'utf8'))),
    ]),
);

/** A copy of one sample. */
export function sample(name: string): Sample {
  const found = samples.get(name);
  if (found === undefined) throw new Error(`There is no sample ${name}`);
  return structuredClone(found);
}
