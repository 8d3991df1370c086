import { countsOf } from '../../audit/audit.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Transition } from '../../findings/transition.ts';
import type { Posture, PosturePoint, Trend } from './data.ts';

type State = Pick<Finding, 'status' | 'severity'>;

const HOUR = 3_600_000;
const LENGTH = { hour: HOUR, day: 24 * HOUR } as const;

/**
 * What was open at the end of each day or hour of a trend: from what is found now, back through the history, each step
 * undone. What the history does not tell of counts as it is now, all along.
 */
export function postureFrom(
  findings: readonly Finding[],
  history: readonly Transition[],
  trend: Trend,
): Posture {
  const states = new Map<string, State>(
    findings.map(({ fingerprint, status, severity }) => [fingerprint, { status, severity }]),
  );
  const steps = [...history].sort(
    (a, b) => Date.parse(b.readAt) - Date.parse(a.readAt) || b.sequence - a.sequence,
  );
  const points: PosturePoint[] = [];
  let next = 0;
  for (const { at } of [...trend.points].reverse()) {
    const end = Date.parse(at) + LENGTH[trend.unit];
    for (; next < steps.length; next += 1) {
      const step = steps[next];
      if (step === undefined || Date.parse(step.readAt) < end) break;
      if (step.before === null) states.delete(step.finding.fingerprint);
      else states.set(step.finding.fingerprint, step.before);
    }
    const { findings: open, waived } = countsOf([...states.values()]);
    points.push({ at, open, waived });
  }
  return { source: 'history', points: points.reverse() };
}
