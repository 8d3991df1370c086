import type { ChangeWindow } from '../../config/fixes.ts';
import type { Verdict } from '../applying.ts';

/** Whether a moment lies in one of the windows; without windows every moment does. */
export function decideChangeWindow(windows: readonly ChangeWindow[], now: Date): Verdict {
  if (windows.length === 0 || windows.some((window) => isOpen(window, now))) return { allowed: true };
  return { allowed: false, reason: 'no change window of the configuration is open', later: true };
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** A window that ends before it begins ends on the next day. */
function isOpen({ days, from, to, timeZone }: ChangeWindow, now: Date): boolean {
  const { day, minutes } = localTime(now, timeZone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const begins = (on: number) => days.some((name) => name === DAYS[(on + 7) % 7]);
  if (start < end) return begins(day) && minutes >= start && minutes < end;
  return (begins(day) && minutes >= start) || (begins(day - 1) && minutes < end);
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function localTime(now: Date, timeZone: string): { readonly day: number; readonly minutes: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return {
    day: DAYS.indexOf(part('weekday').toLowerCase()),
    minutes: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
