import type { App } from 'aws-cdk-lib';
import * as z from 'zod';

/** What differs between two deployments of the hub; given as CDK context (`-c extraSources=acme.cloudtrail`). */
const hubConfigSchema = z.strictObject({
  /** Sources of re-published CloudTrail events, besides AWS's own; each rule's pattern has to hold them all. */
  extraSources: z
    .array(z.string().regex(/^(?!aws\.)[\w.-]{1,256}$/))
    .max(20)
    .refine((sources) => sources.join('').length <= 1_000, 'at most 1,000 characters together'),
  /** Name, with its path if it has one, of the role through which other accounts are read. */
  readRole: z.string().regex(/^[\w+=,.@/-]{1,512}$/),
  /** Seconds for which events are gathered before they are looked at (Lambda: 0 to 300). */
  batchSeconds: z.number().int().min(0).max(300),
});

export type HubConfig = z.infer<typeof hubConfigSchema>;

/** The deployment's context is not what the hub takes. */
export class HubConfigError extends Error {
  override readonly name = 'HubConfigError';
}

/** Reads and checks the context. Throws HubConfigError. */
export function hubConfig({ node }: App): HubConfig {
  const text = (key: string, otherwise: string): string => String(node.tryGetContext(key) ?? otherwise);
  const parsed = hubConfigSchema.safeParse({
    extraSources: text('extraSources', '')
      .split(',')
      .map((source) => source.trim())
      .filter((source) => source !== ''),
    readRole: text('readRole', 'podtrust-read'),
    batchSeconds: Number(text('batchSeconds', '5')),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HubConfigError(
    `Context "${issue?.path.join('.')}": ${issue?.message}. Give it with -c NAME=VALUE.`,
  );
}
