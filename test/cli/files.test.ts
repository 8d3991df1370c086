import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstSame, writeText } from '../../cli/files.ts';
import type { Io } from '../../cli/io.ts';
import { runCli } from '../support/run-cli.ts';

let cwd: string;
let io: Io;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'podtrust-write-'));
  io = { cwd } as Io;
  mkdirSync(join(cwd, 'inner'));
});
afterEach(() => rmSync(cwd, { recursive: true }));
const path = (name: string) => join(cwd, name);
const read = (name: string) => readFileSync(path(name), 'utf8');
const isLink = (name: string) => lstatSync(path(name)).isSymbolicLink();

describe('a file that is written', () => {
  it.each<[string, number]>([
    ['run by everybody', 0o755],
    ['read by its owner alone', 0o600],
    ['written by a group', 0o664],
  ])('keeps its rights: %s', async (_name, mode) => {
    writeFileSync(path('a'), 'before');
    chmodSync(path('a'), mode);
    await writeText('a', 'after', io);
    expect([read('a'), statSync(path('a')).mode & 0o7777]).toEqual(['after', mode]);
  });

  it('stays where a link points to, through other links and from another folder', async () => {
    writeFileSync(path('inner/target'), 'before');
    symlinkSync('target', path('inner/second'));
    symlinkSync('inner/second', path('first'));
    await writeText('first', 'after', io);
    expect([isLink('first'), isLink('inner/second'), isLink('inner/target')]).toEqual([true, true, false]);
    expect(read('inner/target')).toBe('after');
    expect(readdirSync(cwd, { recursive: true }).sort()).toEqual([
      'first',
      'inner',
      'inner/second',
      'inner/target',
    ]);
  });

  it('is made where a link points to and nothing is yet', async () => {
    symlinkSync('inner/new', path('link'));
    await writeText('link', 'text', io);
    expect([isLink('link'), read('inner/new')]).toEqual([true, 'text']);
  });

  it('is left alone when nobody may write it, and nothing lies beside it', async () => {
    writeFileSync(path('inner/a'), 'before');
    chmodSync(path('inner/a'), 0o444);
    symlinkSync('inner/a', path('link'));
    for (const name of ['inner/a', 'link'])
      await expect(writeText(name, 'after', io)).rejects.toThrow(
        `"${name}" cannot be written: it is read-only.`,
      );
    expect([read('inner/a'), readdirSync(path('inner'))]).toEqual(['before', ['a']]);
  });

  it('is an error for a folder, and for links in a circle', async () => {
    symlinkSync('b', path('a'));
    symlinkSync('a', path('b'));
    await expect(writeText('inner', 'text', io)).rejects.toThrow(
      '"inner" cannot be written: it is a folder.',
    );
    await expect(writeText('a', 'text', io)).rejects.toThrow('"a" cannot be written: its links go');
    expect([isLink('a'), isLink('b')]).toEqual([true, true]);
  });

  it('gets the bytes where it is a pipe, and stays one', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const reader = promisify(execFile)('cat', [path('pipe')]);
    await writeText('pipe', 'text', io);
    expect((await reader).stdout).toBe('text');
    expect(lstatSync(path('pipe')).isFIFO()).toBe(true);
  });
});

it('files are the same by whatever name, and stdin is none', async () => {
  writeFileSync(path('a'), '');
  writeFileSync(path('b'), '');
  symlinkSync('../b', path('inner/link'));
  expect(await firstSame('./inner/../b', ['-', 'gone', 'a', 'inner/link', 'b'], io)).toBe('inner/link');
  expect(await firstSame('gone', ['gone', 'a'], io)).toBeUndefined();
});

it('a waiver goes into the file that a link points to', async () => {
  writeFileSync(path('inner/waivers.yaml'), 'waivers: []\n');
  symlinkSync('inner/waivers.yaml', path('podtrust.waivers.yaml'));
  const words = ['--owner', 'a', '--reason', 'b', '--ticket', 'c', '--expires', '2027-03-31'];
  const { code } = await runCli(['waive', '--rule', 'no-mixed-trust', ...words], { cwd });
  expect([code, isLink('podtrust.waivers.yaml')]).toEqual([0, true]);
  expect(read('inner/waivers.yaml')).toContain('no-mixed-trust');
});
