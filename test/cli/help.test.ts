import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const headings = (help: string): string[] =>
  help
    .split('\n')
    .filter((line) => /^\S.*:$/.test(line))
    .map((line) => line.slice(0, -1));

it('lists the verbs by what somebody is after', async () => {
  const { out } = await runCli(['--help']);
  expect(headings(out)).toEqual([
    'Options',
    'Ask',
    'Repair',
    'Grant and migrate',
    'In a pipeline',
    'Set up and try',
    'Commands',
    'Examples',
  ]);
  expect(out.split('Commands:\n')[1]?.split('\n\n')[0]).toMatch(/^ {2}help \[command\] [^\n]*$/);
});

it.each(['audit', 'explain', 'plan', 'annotate'])(
  '%s --help has what is its own before what it shares with other verbs',
  async (verb) => {
    const { out } = await runCli([verb, '--help']);
    expect(headings(out)).toEqual(['Options', 'Where the estate comes from', 'Global Options', 'Examples']);
    const [own = '', shared = ''] = out.split('Where the estate comes from:');
    expect(own).toContain('--config');
    expect(own).not.toContain('--profile');
    expect(shared).toContain('--profile');
  },
);
