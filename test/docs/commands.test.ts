import { describe, expect, it } from 'vitest';
import { CODES } from '../support/documented/codes.ts';
import { calledBy } from '../support/documented/flags.ts';
import { FRAGMENTS } from '../support/documented/fragments.ts';
import { CALLS, RUNS, VERBS } from '../support/documented/runs.ts';

describe('every call of podtrust in a document or a help text', () => {
  it.each(CALLS.map(({ at, argv }) => [argv.join(' '), at, argv] as const))(
    'podtrust %s (%s) names a command and flags that there are',
    (_line, _at, argv) => {
      if (argv.join(' ') === 'migrate …') return;
      const called = calledBy(argv, VERBS);
      expect(called).not.toBeNull();
      const flags = VERBS.find(({ path }) => path === called?.path)?.flags ?? [];
      expect(called?.flags.filter((flag) => !flags.includes(flag))).toEqual([]);
    },
  );
});

const RAN: ReadonlySet<string> = new Set(RUNS.map(({ argv }) => argv.join(' ')));

describe('a name within a sentence', () => {
  it.each(Object.entries(FRAGMENTS))('podtrust %s is a part of what is run: podtrust %s', (part, whole) => {
    expect(CALLS.map(({ argv }) => argv.join(' '))).toContain(part);
    expect(RAN).toContain(whole);
    const [said, ran] = [calledBy(part.split(' '), VERBS), calledBy(whole.split(' '), VERBS)];
    if (part === 'migrate …') return;
    expect(ran?.path).toBe(said?.path);
    expect(ran?.flags).toEqual(expect.arrayContaining(said?.flags ?? []));
  });

  it('stands in no block of commands', () => {
    const blocks = CALLS.filter(({ argv, example }) => example && argv.join(' ') in FRAGMENTS);
    expect(blocks.map(({ at }) => at)).toEqual([]);
  });
});

it('every call that has an exit code of its own is one that is run', () => {
  const lines = CODES.flatMap(({ lines: all }) => all);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.filter((line) => !RAN.has(line))).toEqual([]);
});

it('every flag of every command is in one of these runs', () => {
  const ran = new Set(
    RUNS.flatMap(({ argv }) => {
      const called = calledBy(argv, VERBS);
      return [called?.path ?? '', ...(called?.flags ?? []).map((flag) => `${called?.path} ${flag}`)];
    }),
  );
  const all = VERBS.flatMap(({ path, flags }) => [path, ...flags.map((flag) => `${path} ${flag}`)]);
  expect(all.filter((one) => !ran.has(one))).toEqual([]);
});
