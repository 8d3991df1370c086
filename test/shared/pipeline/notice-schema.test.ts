import { expect, it } from 'vitest';
import * as z from 'zod';
import { noticeSchema } from '../../../shared/pipeline/notice.ts';

it('docs/schemas/notice.schema.json is what the code publishes', async () => {
  const json = { title: 'A message of the podtrust topic', ...z.toJSONSchema(noticeSchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/notice.schema.json',
  );
});
