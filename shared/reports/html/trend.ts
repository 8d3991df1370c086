import { SEVERITIES } from '../../findings/finding.ts';
import type { Transition } from '../../findings/transition.ts';
import type { Trend, TrendPoint } from './data.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A history shorter than this is told by the hour. */
const SHORT = 3 * DAY;
/** Points that are drawn: of a longer history the newest. */
const MOST_POINTS = 90;

/** What was opened, resolved and accepted in each day (UTC) of a history; null where nothing happened at all. */
export function trendOf(history: readonly Transition[]): Trend | null {
  const times = history.map(({ readAt }) => Date.parse(readAt)).sort((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return null;
  const unit = last - first < SHORT ? 'hour' : 'day';
  const length = unit === 'hour' ? HOUR : DAY;
  const beginning = (time: number): number => time - (time % length);
  const from = Math.max(beginning(first), beginning(last) - (MOST_POINTS - 1) * length);
  const steps = Map.groupBy(history, ({ readAt }) => beginning(Date.parse(readAt)));
  const points: TrendPoint[] = [];
  for (let at = from; at <= last; at += length) points.push(pointOf(at, steps.get(at) ?? []));
  return { unit, points };
}

function pointOf(at: number, steps: readonly Transition[]): TrendPoint {
  const opened = steps.filter(({ change }) => change === 'new' || change === 'reopened');
  const count = (wanted: Transition['change']) => steps.filter(({ change }) => change === wanted).length;
  return {
    at: new Date(at).toISOString(),
    opened: {
      critical: 0,
      high: 0,
      medium: 0,
      low: 0,
      info: 0,
      ...Object.fromEntries(
        SEVERITIES.map((severity) => [
          severity,
          opened.filter((one) => one.finding.severity === severity).length,
        ]),
      ),
    },
    resolved: count('resolved'),
    waived: count('waived'),
  };
}
