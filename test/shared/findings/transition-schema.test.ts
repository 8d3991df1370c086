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

it('a step carries what its finding’s change of the trust policy did, and only then', () => {
  const effect = { relation: 'widened', gained: 'anyone' } as const;
  const one = findingOf();
  const other = findingOf({ rule: 'no-mixed-trust' });
  const audit = auditOf(1, {
    findings: [one, other],
    effectFor: ({ rule }) => (rule === one.rule ? effect : undefined),
  });
  const transitions = stepsOf([], audit, { hash: sha256 }).map(({ transition }) => transition);
  expect(transitions.map((transition) => transitionSchema.parse(transition).effect)).toEqual([
    effect,
    undefined,
  ]);
});
