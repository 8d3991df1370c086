import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Io } from '../io.ts';
import { plainLines } from './plain.ts';

/** A column: its heading, and its share of the width, or `fit` for as wide as its longest cell. */
export interface Column {
  readonly head: string;
  readonly width: 'fit' | number;
}

/** Beyond so many rows no lines are drawn between them. */
const MOST_RULED = 40;

/**
 * Draws rows as a table that fits the terminal (110 columns when there is none); cells are words, wrapped. Libraries wrap
 * and measure; the frame is drawn here, since those that draw it measure each line by patterns that they compile anew,
 * which took two thirds of the time of an audit.
 */
export function table(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(Math.max(60, io.columns ?? 110), columns, rows);
  const rule = (left: string, cross: string, right: string) =>
    `${left}${widths.map((each) => '─'.repeat(each)).join(cross)}${right}`;
  const between = rows.length > MOST_RULED ? [] : [rule('├', '┼', '┤')];
  const drawn = rows.flatMap((row, at) => [...(at === 0 ? [] : between), ...drawnRow(row, widths)]);
  const head = drawnRow(
    columns.map((column) => column.head),
    widths,
  );
  const lines = [rule('┌', '┬', '┐'), ...head, rule('├', '┼', '┤'), ...drawn, rule('└', '┴', '┘')];
  return `${lines.join('\n')}\n`;
}

/** The lines of one row: cells are wrapped to their columns, and the short ones filled up. */
function drawnRow(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = widths.map((each, index) => wrapAnsi(row[index] ?? '', each - 2, WRAP).split('\n'));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = widths.map((each, index) => {
      const text = cells[index]?.[line] ?? '';
      return ` ${text}${' '.repeat(Math.max(0, each - 1 - stringWidth(text)))}`;
    });
    return `│${parts.join('│')}│`;
  });
}

/** Words stay whole where they fit; ARNs and other long ones are broken. */
const WRAP = { hard: true, trim: true } as const;

function columnWidths(
  total: number,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): number[] {
  const longest = columns.map((column, index) =>
    Math.max(column.head.length, ...rows.map((row) => width(row[index] ?? ''))),
  );
  const fitted = columns.map((column, index) => (column.width === 'fit' ? (longest[index] ?? 0) + 2 : 0));
  const shares = columns.reduce((sum, column) => sum + (column.width === 'fit' ? 0 : column.width), 0);
  const left = Math.max(20, total - columns.length - 1 - fitted.reduce((sum, one) => sum + one, 0));
  return columns.map((column, index) =>
    column.width === 'fit' ? (fitted[index] ?? 10) : Math.max(12, Math.floor((left * column.width) / shares)),
  );
}

function width(cell: string): number {
  return Math.max(
    0,
    ...plainLines(cell)
      .split('\n')
      .map((line) => line.length),
  );
}
