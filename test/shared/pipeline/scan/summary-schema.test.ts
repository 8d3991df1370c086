import { expect, it } from 'vitest';
import * as z from 'zod';
import { scanSummarySchema } from '../../../../shared/pipeline/scan/summary.ts';

it('docs/schemas/scan-summary.schema.json is what the topic carries of a scan', async () => {
  const json = { title: 'The summary of a scan', ...z.toJSONSchema(scanSummarySchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../../docs/schemas/scan-summary.schema.json',
  );
});
