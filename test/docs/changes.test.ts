import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ADAPTERS } from '../../shared/aws/changes/index.ts';

const guide = readFileSync(new URL('../../docs/changes.md', import.meta.url), 'utf8');
const [, permissions = ''] = guide.split('## Permissions');
const rowOf = (kind: string): string[] =>
  permissions
    .split('\n')
    .find((line) => line.startsWith(`| \`${kind}\` |`))
    ?.split('|') ?? [];
const namesIn = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/`((?:iam|eks):\w+)`/g)].map(([, name = '']) => name);

it.each(Object.entries(ADAPTERS))(
  'the guide says what %s is read and written with',
  (kind, { permissions: declared }) => {
    const [, , reads, writes] = rowOf(kind);
    const { read, ...others } = declared;
    expect(new Set(namesIn(reads))).toEqual(new Set(read.flatMap(({ actions }) => actions)));
    const written = Object.values(others).flatMap((group) => group.flatMap(({ actions }) => actions));
    // Calls that are told under reads already are not told again.
    const known = new Set(namesIn(reads));
    const told = new Set(namesIn(writes));
    expect(written.filter((action) => !told.has(action) && !known.has(action))).toEqual([]);
    expect([...told].filter((action) => !written.includes(action as never))).toEqual([]);
  },
);

it('the guide tells of every kind in its first table', () => {
  const [table = ''] = guide.split('## What race remains');
  for (const kind of Object.keys(ADAPTERS)) expect(table).toContain(`| \`${kind}\` |`);
});
