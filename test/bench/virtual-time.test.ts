import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../bench/organization/virtual-time.ts');

/** What a script prints in a process of its own: virtual time takes the clock and the timers of all of it. */
function inVirtualTime(work: string): unknown {
  const script = `
    const { installVirtualTime } = await import(${JSON.stringify(MODULE)});
    const time = installVirtualTime(new Date('2026-11-22T12:00:00Z'));
    const ticks = [];
    const log = [];
    const result = await time.run(async () => { ${work} }, (now) => ticks.push(now));
    console.log(JSON.stringify({ result, log, ticks: ticks.length, now: new Date().toISOString() }));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
}

it('an hour of waiting passes at once, and Date and timers agree on it', () => {
  expect(
    inVirtualTime(`
      setTimeout(() => log.push('late'), 3_600_000);
      const gone = setTimeout(() => log.push('never'), 5);
      clearTimeout(gone);
      await time.sleep(10);
      log.push(Date.now() - Date.parse('2026-11-22T12:00:00Z'));
      await Promise.all([30, 20, 10, 20].map((ms, at) => time.sleep(ms).then(() => log.push(at))));
      await time.sleep(7_200_000);
      return 'done';`),
  ).toEqual({
    result: 'done',
    log: [10, 2, 1, 3, 0, 'late'],
    ticks: 7,
    now: '2026-11-22T14:00:00.040Z',
  });
});
