import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { calledBy } from '../support/documented/flags.ts';
import { ELSEWHERE } from '../support/documented/more-runs.ts';
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

describe('what is not run in test/cli/documented.test.ts', () => {
  it.each(ELSEWHERE.map(({ words, test, reason }) => [words.join(' '), reason, test, words] as const))(
    'that has %s is not run here (%s) but in %s',
    (_words, _reason, test, words) => {
      const text = readFileSync(new URL(`../../${test}`, import.meta.url), 'utf8');
      for (const word of words) expect(text).toContain(word);
    },
  );
});

it('every flag of every command is in one of these runs', () => {
  const ran = new Set(
    RUNS.flatMap(({ argv }) => {
      const called = calledBy(argv, VERBS);
      return [called?.path ?? '', ...(called?.flags ?? []).map((flag) => `${called?.path} ${flag}`)];
    }),
  );
  for (const { words } of ELSEWHERE) {
    const called = calledBy(words, VERBS);
    for (const flag of called?.flags ?? []) ran.add(`${called?.path} ${flag}`);
  }
  const all = VERBS.flatMap(({ path, flags }) => [path, ...flags.map((flag) => `${path} ${flag}`)]);
  expect(all.filter((one) => !ran.has(one))).toEqual([]);
});
