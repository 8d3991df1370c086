import type { Snapshot } from '../../estate/snapshot.ts';

/**
 * Digest of a canonical snapshot, the same for two readings between which nobody changed anything: without the time of the
 * reading, and without the times at which roles were used.
 */
export function readingDigest({ takenAt: _, ...read }: Snapshot, hash: (text: string) => string): string {
  return hash(
    JSON.stringify(read, (key, value: unknown) =>
      key === 'lastUsed' && typeof value === 'object' ? undefined : value,
    ),
  );
}
