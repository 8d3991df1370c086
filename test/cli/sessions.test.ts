import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { estateOf } from '../../shared/rules/examples/estate.ts';
import { runCli } from '../support/run-cli.ts';

it('a snapshot cannot be asked for sessions that it does not hold', async () => {
  const { code, err, out } = await runCli(['audit', '--snapshot', '-', '--sessions'], {
    input: writeSnapshot(estateOf()),
  });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('podtrust collect');
});

it.each(['audit', 'collect'])('%s takes a whole number of seconds for sessions', async (verb) => {
  const { code, err } = await runCli([verb, '--sessions', '--sessions-within', 'soon']);
  expect(code).toBe(2);
  expect(err).toContain('--sessions-within');
});

it.each(['audit', 'collect'])('%s needs to know the table of a trail', async (verb) => {
  const { code, err, out } = await runCli([verb, '--sessions', 'trail'], { cwd: tmpdir() });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('evidence.trail');
});

it.each([
  ['another source', ['collect', '--sessions', 'logs'], '--sessions'],
  ['refused calls without sessions', ['collect', '--access-denied'], '--sessions'],
  ['a configuration that is not there', ['collect', '--sessions', 'trail', '--config', 'no.json'], 'no.json'],
])('%s is refused', async (_what, argv, says) => {
  const { code, err } = await runCli(argv);
  expect(code).toBe(2);
  expect(err).toContain(says);
});
