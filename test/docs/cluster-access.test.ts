import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { runCli } from '../support/run-cli.ts';

const path = '../../docs/cluster-access.md';
const guide = readFileSync(new URL(path, import.meta.url), 'utf8');
const EXAMPLE = /```sh\npodtrust (.*)\n```\n```text\n([\s\S]*?)```/g;
const input = writeSnapshot(demoSnapshot());

/** What the command prints for the demo's snapshot; without the blanks that end a line. */
async function printed(command: string): Promise<string> {
  const { out, err } = await runCli([...command.split(' '), '--snapshot', '-'], { input });
  expect(err).toBe('');
  return out.replace(/ +$/gm, '').trimEnd();
}

describe('docs/cluster-access.md', () => {
  const examples = [...guide.matchAll(EXAMPLE)].map(([, command = '']) => command);

  it('has an output to every command', () => {
    expect(examples).toHaveLength([...guide.matchAll(/```sh/g)].length);
    expect(examples.length).toBeGreaterThan(6);
  });

  it('shows what the commands print', async () => {
    let text = guide;
    for (const command of examples) {
      const start = text.indexOf(`\`\`\`sh\npodtrust ${command}\n\`\`\`\n\`\`\`text\n`);
      const from = text.indexOf('```text\n', start) + '```text\n'.length;
      text = `${text.slice(0, from)}${await printed(command)}\n${text.slice(text.indexOf('```', from))}`;
    }
    await expect(text).toMatchFileSnapshot(path);
  });
});
