import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { sarifErrors } from '../support/published-schemas.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');

const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
    runs: z.object({
      using: z.literal('composite'),
      steps: z.tuple([
        z.object({
          name: z.string(),
          shell: z.literal('bash'),
          env: z.record(z.string(), z.string()),
          run: z.string(),
        }),
      ]),
    }),
  })
  .parse(parse(read('action.yml')));
const [step] = action.runs.steps;

const cwd = mkdtempSync(join(tmpdir(), 'podtrust-action-'));
beforeAll(() => {
  mkdirSync(join(cwd, 'infra'));
  writeFileSync(join(cwd, 'infra/trust policy.json'), read('test/fixtures/lint/trust-policy.json'));
  writeFileSync(join(cwd, 'infra/manifests.yaml'), read('test/fixtures/lint/manifests.yaml'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** Runs the action's step as a runner does: expressions become variables, the script goes to bash. */
function runAction(given: Record<string, string>) {
  const env = Object.fromEntries(
    Object.entries(step.env).map(([name, expression]) => {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1];
      if (input === undefined) return [name, /github\.action_path/.test(expression) ? root : 'unknown'];
      return [name, given[input] ?? action.inputs[input]?.default ?? 'unknown'];
    }),
  );
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run],
    { cwd, env: { ...process.env, ...env }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('action.yml', () => {
  it('annotates findings and fails', () => {
    const { status, stdout, stderr } = runAction({ files: 'infra' });
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(
      /^::error file=infra\/manifests\.yaml,line=7,col=33,title=no-invalid-role-annotation/,
    );
    expect(stdout).toContain('::warning file=infra/trust policy.json,line=14,col=87');
  });

  it('takes the other inputs', () => {
    const { status } = runAction({
      files: 'infra',
      'fail-on': 'critical',
      sarif: 'out.sarif',
      args: '--rule PT-105 --region eu-west-1',
    });
    expect(status).toBe(0);
    expect(sarifErrors(JSON.parse(readFileSync(join(cwd, 'out.sarif'), 'utf8')))).toEqual([]);
  });

  it.each(['$(touch pwned)', '; touch pwned', '`touch pwned`', '--out pwned', '"; touch pwned; "'])(
    'runs nothing that stands in an input: %s',
    (files) => {
      const { status } = runAction({ files });
      expect(status).toBe(2);
      expect(() => statSync(join(cwd, 'pwned'))).toThrow();
    },
  );

  it('has only inputs that reach the step', () => {
    const used = Object.values(step.env).join(' ');
    for (const name of Object.keys(action.inputs)) expect(used).toContain(`\${{ inputs.${name} }}`);
    expect(step.run).not.toContain('${{');
  });
});

describe('.pre-commit-hooks.yaml', () => {
  const [hook] = z
    .tuple([
      z.object({
        id: z.string(),
        entry: z.string(),
        language: z.literal('script'),
        types_or: z.array(z.string()),
      }),
    ])
    .parse(parse(read('.pre-commit-hooks.yaml')));

  it('names a script of the repository that runs on the files that it is given', () => {
    const files = ['infra/trust policy.json', 'infra/manifests.yaml'];
    const [script = '', ...words] = hook.entry.split(' ');
    const { status, stdout } = spawnSync(join(root, script), [...words, ...files], { cwd, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout).toContain('infra/trust policy.json:14:87');
  });

  it.each(['--out=package.json', '-', '--config=trust.json'])(
    'takes a file for a file, whatever it is called: %s',
    (name) => {
      const kept = '{"name": "kept"}';
      writeFileSync(join(cwd, 'package.json'), kept);
      writeFileSync(join(cwd, name), read('test/fixtures/lint/trust-policy.json'));
      const [script = '', ...words] = hook.entry.split(' ');
      const { status, stdout } = spawnSync(join(root, script), [...words, name], { cwd, encoding: 'utf8' });
      expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toBe(kept);
      expect([status, stdout]).toEqual(
        name === '-' ? [2, expect.stringContaining('stdin')] : [1, expect.stringContaining(`${name}:14:87`)],
      );
    },
  );
});
