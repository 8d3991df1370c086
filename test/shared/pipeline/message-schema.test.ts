import { expect, it } from 'vitest';
import * as z from 'zod';
import { messageSchema } from '../../../shared/pipeline/message.ts';

it('docs/schemas/message.schema.json is what the topic carries', async () => {
  const json = { title: 'A message of the podtrust topic', ...z.toJSONSchema(messageSchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/message.schema.json',
  );
});
