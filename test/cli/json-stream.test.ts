import { expect, it } from 'vitest';
import { json } from '../../cli/output/json.ts';
import { writeJson } from '../../cli/output/json-stream.ts';

async function* each<T>(things: Iterable<T>): AsyncGenerator<T> {
  yield* things;
}

it.each<[string, readonly unknown[]]>([
  ['nothing', []],
  ['one thing', [{ a: 1 }]],
  [
    'several, with texts of many lines and lists in lists',
    [{ a: 'x\ny', b: [] }, ['c', { d: [1, 2] }], 'e', null],
  ],
])('a list of %s is written as it would be at once', async (_what, things) => {
  let out = '';
  await writeJson(
    (text) => {
      out += text;
    },
    [
      ['schemaVersion', () => 1],
      ['findings', () => each(things)],
      ['summary', () => ({ accounts: 2, nested: { deep: [1] } })],
    ],
  );
  expect(out).toBe(
    json({ schemaVersion: 1, findings: things, summary: { accounts: 2, nested: { deep: [1] } } }),
  );
});
