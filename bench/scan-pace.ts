import { parseArgs } from 'node:util';
import { installVirtualTime } from './organization/virtual-time.ts';
import type { Course } from './scan/course.ts';

/**
 * How long a scan takes to read its accounts, at a fixed pace and at the pace that its loop sets, in virtual time. `--accounts N`:
 * of so many accounts; a few sizes unless told.
 */
const { values } = parseArgs({ options: { accounts: { type: 'string' } } });
// Before anything keeps timers.
const time = installVirtualTime(new Date('2026-11-20T03:00:00Z'));
const { courseOf } = await import('./scan/course.ts');

/** So many entries a second are never reached; so few are those that others leave. */
const [FREE, SCARCE] = [600, 3];
const sizes = values.accounts === undefined ? [3, 10, 40, 100, 1_000] : [Number(values.accounts)];
const setups = sizes.flatMap((accounts) =>
  [FREE, SCARCE].flatMap((entries) => [true, false].map((fixed) => ({ accounts, most: 40, entries, fixed }))),
);
const courses: Course[] = [];
for (const setup of setups) courses.push(await courseOf(setup, time));
console.table(
  courses.map(({ accounts, entries, fixed, seconds, putOff, turns, mostAtWork }) => ({
    accounts,
    'entries a second': entries,
    pace: fixed ? 'fixed' : 'by the loop',
    seconds: Math.round(seconds),
    'put off, each': putOff.toFixed(2),
    turns,
    'most at work': mostAtWork,
  })),
);
console.log(JSON.stringify(courses));
