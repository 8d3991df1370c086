import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type GoProgram, goBinary } from '../support/kubernetes/go-binary.ts';

const run = promisify(execFile);

let folder: string;
let cached: string;
let program: GoProgram;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podtrust-go-'));
  cached = join(folder, 'cache', 'podtrust', 'go');
  program = {
    name: 'hello-v1',
    module: join(folder, 'hello'),
    package: '.',
    variables: { 'main.word': 'hello' },
  };
  await mkdir(program.module);
  await writeFile(join(program.module, 'go.mod'), 'module podtrust.test/hello\n\ngo 1.26\n');
  await source('print(word)');
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  // What is compiled stays where Go keeps it.
  vi.stubEnv('GOCACHE', process.env['GOCACHE'] ?? join(homedir(), '.cache', 'go-build'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function source(statement: string): Promise<void> {
  await writeFile(
    join(program.module, 'main.go'),
    `package main\n\nvar word string\n\nfunc main() { ${statement} }\n`,
  );
}

it('builds once, also when several ask at once, and keeps the program under its version and a hash', async () => {
  const files = new Set(await Promise.all([goBinary(program), goBinary(program), goBinary(program)]));
  expect(files.size).toBe(1);
  const [file = ''] = files;
  expect(file).toMatch(/hello-v1-[0-9a-f]{12}$/);
  expect((await run(file)).stderr).toBe('hello');
  expect(await readdir(cached)).toEqual([file.slice(cached.length + 1)]);
  const built = (await stat(file)).mtimeMs;
  expect(await goBinary(program)).toBe(file);
  expect((await stat(file)).mtimeMs).toBe(built);
});

it('builds anew when a source changes', async () => {
  const before = await goBinary(program);
  await source('print("other")');
  const after = await goBinary(program);
  expect(after).not.toBe(before);
  expect((await run(after)).stderr).toBe('other');
});

it('takes over the lock of a process that is gone', async () => {
  const file = await goBinary(program);
  await rm(file);
  const gone = run(process.execPath, ['-e', '']);
  await gone;
  await writeFile(`${file}.lock`, String(gone.child.pid));
  expect(await goBinary(program)).toBe(file);
  expect(await readdir(cached)).toHaveLength(1);
});

it('says what the compiler said, and leaves neither half a program nor a lock', async () => {
  await source('print(nothing)');
  await expect(goBinary(program)).rejects.toMatchObject({
    name: 'GoBuildError',
    message: expect.stringContaining('undefined: nothing'),
  });
  expect(await readdir(cached)).toEqual([]);
});

it('says what to install when there is no Go', async () => {
  vi.stubEnv('PATH', folder);
  await expect(goBinary(program)).rejects.toMatchObject({
    name: 'GoBuildError',
    message: expect.stringContaining('install Go 1.26 or newer'),
  });
});
