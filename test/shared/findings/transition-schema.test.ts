import { expect, it } from 'vitest';
import * as z from 'zod';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import { transitionSchema } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { auditOf, findingOf } from '../../support/findings.ts';

it('docs/schemas/transition.schema.json is what the stores keep', async () => {
  const json = { title: 'One step in the life of a podtrust finding', ...z.toJSONSchema(transitionSchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/transition.schema.json',
  );
});

it('a step has that form', () => {
  const [step] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
  expect(transitionSchema.parse(step?.transition)).toEqual(step?.transition);
});
