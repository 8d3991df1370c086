import type { Change } from '../../changes/change.ts';
import { headingOf, type Line, linesOf } from './lines.ts';

/** Lines that are kept around each changed one. */
const AROUND = 3;

/** A change as a diff without what stays as it is, but for a few lines around what does not: one text for each line. */
export function hunksOf(change: Change): string[] {
  const { sign, words } = headingOf(change);
  const lines = linesOf(change);
  const shown = new Set(lines.flatMap((line, at) => (line.sign === ' ' ? [] : near(at))));
  const diff = lines.flatMap((line, at) => {
    if (shown.has(at)) return [texted(line)];
    return at === 0 || shown.has(at - 1) ? ['  …'] : [];
  });
  return [`${sign} ${words}`, ...diff.map((text) => `  ${text}`)];
}

const near = (at: number): number[] =>
  Array.from({ length: 2 * AROUND + 1 }, (_, step) => at - AROUND + step);

const texted = ({ sign, text }: Line): string => `${sign} ${text}`.trimEnd();
