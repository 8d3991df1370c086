import type { Standing } from './standing.ts';
import { madeFor } from './tombstone.ts';
import type { Way } from './ways.ts';

/** Why a way lets nobody in. `ghost`: its principal does not exist. `tombstoned`: the entry was made for one before it. */
export type Dead = 'ghost' | 'tombstoned';

/** Why the principal of a way surely gets nothing by it, or null: aws-auth goes by names, entries by the principal's id. */
export function deadWay({ entry }: Way, standing: Standing): Dead | null {
  if (standing.kind === 'absent') return 'ghost';
  if (entry === undefined) return null;
  if (standing.kind === 'elsewhere') return 'ghost';
  return madeFor(entry, standing).kind === 'for-another' ? 'tombstoned' : null;
}
