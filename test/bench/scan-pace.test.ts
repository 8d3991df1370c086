import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('a scan in virtual time is put off less at the pace that its loop sets, and is no longer for it than a few turns', () => {
  const script = join(import.meta.dirname, '../../bench/scan-pace.ts');
  const printed = execFileSync(process.execPath, [script, '--accounts', '60'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  const courses = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  expect(courses).toMatchObject([
    { fixed: true, turns: 0, mostAtWork: 40, putOff: 0 },
    { fixed: false, mostAtWork: expect.any(Number), putOff: 0 },
    { fixed: true, turns: 0, mostAtWork: 40 },
    { fixed: false },
  ]);
  const [free, freePaced, scarce, scarcePaced] = courses;
  expect(freePaced.turns).toBeGreaterThan(0);
  expect(freePaced.seconds - free.seconds).toBeLessThan(30);
  expect(scarcePaced.putOff).toBeLessThan(scarce.putOff / 5);
});
