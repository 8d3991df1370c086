import type { Snapshot } from './snapshot.ts';

/**
 * The snapshot with every list in one order (accounts and regions by name, the rest by ARN, id or name) and every
 * object's keys sorted, so that the order in which AWS answered leaves no trace. Absent values are left out.
 */
export function canonicalSnapshot(snapshot: Snapshot): Snapshot {
  return canonical(snapshot);
}

/** The text of a snapshot file: JSON, indented, ending in a newline. The same snapshot always gives the same bytes. */
export function writeSnapshot(snapshot: Snapshot): string {
  const { schemaVersion, takenAt, ...rest } = canonicalSnapshot(snapshot);
  return `${JSON.stringify({ schemaVersion, takenAt, ...rest }, null, 2)}\n`;
}

/** A part of a snapshot in the same order. */
export const canonicalPart = <T>(part: T): T => canonical(part);

function canonical<T>(value: T): T;
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return sorted(value.map(canonical));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, item]) => [key, canonical(item)]),
  );
}

function sorted(items: readonly unknown[]): unknown[] {
  return items
    .map((item) => ({ item, name: nameOf(item) }))
    .sort((a, b) => compare(a.name, b.name) || compare(JSON.stringify(a.item), JSON.stringify(b.item)))
    .map(({ item }) => item);
}

const NAMES = ['arn', 'id', 'principalArn', 'policyArn', 'name'] as const;

/** What a list is ordered by. Whatever has no name of its own, a coverage gap for instance, goes by its whole text. */
function nameOf(item: unknown): string {
  if (typeof item === 'string') return item;
  if (typeof item === 'object' && item !== null) {
    const named: Readonly<Record<string, unknown>> = { ...item };
    for (const name of NAMES) {
      const value = named[name];
      if (typeof value === 'string') return value;
    }
  }
  return JSON.stringify(item);
}

/** By UTF-16 units: the same on every machine, whatever its locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
