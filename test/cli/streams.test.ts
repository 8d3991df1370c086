import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { watchStreams } from '../../cli/streams.ts';

const error = (code: string) => Object.assign(new Error(code), { code });

function streams() {
  const written: string[] = [];
  const codes: number[] = [];
  const stdout = new EventEmitter();
  const stderr = Object.assign(new EventEmitter(), { write: (line: string) => written.push(line) });
  watchStreams({ stdout, stderr }, (code) => codes.push(code));
  return { stdout, stderr, written, codes };
}

describe('an output', () => {
  it('whose reader closes early is no error', () => {
    const { stdout, written, codes } = streams();
    stdout.emit('error', error('EPIPE'));
    expect([written, codes]).toEqual([[], []]);
  });

  it('that is full is said once, and is no finding', () => {
    const { stdout, written, codes } = streams();
    for (let time = 0; time < 3; time++) stdout.emit('error', error('ENOSPC'));
    expect(written).toEqual([
      'podtrust: stdout cannot be written: the disk is full. What it holds is not whole.\n',
    ]);
    expect(codes).toEqual([5]);
  });

  it('for errors that cannot be written has nobody to tell', () => {
    const { stderr, written, codes } = streams();
    stderr.emit('error', error('ENOSPC'));
    expect([written, codes]).toEqual([[], []]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('the command', () => {
  const script = new URL('../../cli/podtrust.mjs', import.meta.url).pathname;
  const run = async (argv: readonly string[], stdout: number | 'pipe', stderr: number | 'pipe') => {
    const child = spawn(process.execPath, [script, ...argv], { stdio: ['ignore', stdout, stderr] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    if (stdout === 'pipe') child.stdout?.destroy();
    const err = child.stderr === null ? '' : await text(child.stderr);
    return { code: await ended, err };
  };

  it('says that a full disk took not everything, and exits 5', async () => {
    expect(await run(['rules', '--output', 'json'], openSync('/dev/full', 'w'), 'pipe')).toEqual({
      code: 5,
      err: 'podtrust: stdout cannot be written: the disk is full. What it holds is not whole.\n',
    });
  });

  it('is quiet when the reader closes early', async () => {
    expect(await run(['rules', '--output', 'json'], 'pipe', 'pipe')).toEqual({ code: 0, err: '' });
  });

  it('keeps the exit code of a mistake where its words cannot be written', async () => {
    expect((await run(['rules', 'no-such-rule'], 'pipe', openSync('/dev/full', 'w'))).code).toBe(2);
  });
});
