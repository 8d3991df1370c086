import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';
import type { Io } from '../io.ts';
import { plainLines } from './plain.ts';

/** A column: its heading, and its share of the width, or `fit` for as wide as its longest cell. */
export interface Column {
  readonly head: string;
  readonly width: 'fit' | number;
}

/** Draws rows as a table that fits the terminal (110 columns when there is none); cells are words, wrapped. */
export function table(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(Math.max(60, io.columns ?? 110), columns, rows);
  const drawn = new Table({
    head: columns.map((column) => column.head),
    colWidths: widths,
    style: { head: [], border: [], compact: rows.length > 40 },
  });
  for (const row of rows)
    drawn.push(row.map((cell, index) => wrapAnsi(cell, (widths[index] ?? 12) - 2, WRAP)));
  return `${drawn.toString()}\n`;
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
