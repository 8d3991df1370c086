import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const ROLE = 'arn:aws:iam::111122223333:role/shop';
const ID = 'AROA1EXAMPLE1EXAMPLE1';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compare-ids-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, principals: readonly string[]): string => {
  const path = join(folder, `${name}.json`);
  const statement = { Effect: 'Allow', Principal: { AWS: principals }, Action: 'sts:AssumeRole' };
  writeFileSync(path, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  return path;
};

it.each<[string, readonly string[], readonly string[], RegExp]>([
  [
    'a unique id that goes is named, since a file does not tell whether its principal exists',
    [ROLE, ID],
    [ROLE],
    new RegExp(`${ID}: taken for`),
  ],
  ['so is one that comes', [ROLE], [ROLE, ID], new RegExp(`${ID}: taken for`)],
  [
    'of many, three are named',
    [ROLE, ...[1, 2, 3, 4, 5].map((one) => `AIDA${one}EXAMPLE1EXAMPLE`)],
    [ROLE],
    /and 2 more: taken for/,
  ],
  ['one that is in both makes no difference', [ROLE, ID], [ROLE, ID], /^$/],
  ['without one there is nothing to say', [ROLE], [ROLE], /^$/],
])('%s', async (_name, before, after, words) => {
  const { code, err } = await runCli(['compare', file('before', before), file('after', after)]);
  expect(code).toBe(0);
  expect(err).toMatch(words);
});

it('--quiet leaves the note out', async () => {
  const { err } = await runCli(['--quiet', 'compare', file('before', [ROLE, ID]), file('after', [ROLE])]);
  expect(err).toBe('');
});
