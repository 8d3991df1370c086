import { expect, it } from 'vitest';
import * as z from 'zod';
import { waiverFileSchema } from '../../../shared/waivers/waiver.ts';

it('docs/schemas/waivers.schema.json is what the file of waivers may hold', async () => {
  const json = { title: 'podtrust.waivers.yaml', ...z.toJSONSchema(waiverFileSchema, { io: 'input' }) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/waivers.schema.json',
  );
});
