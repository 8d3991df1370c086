/** A snapshot of an account that is kept: when its reading began, and the key of its claim. */
export interface Kept {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly key: string;
}

/** Which snapshots of each account are kept: what was effective before a change. */
export interface History {
  /** Remembers a snapshot; the same one twice is one. */
  readonly keep: (account: string, takenAt: string, key: string) => Promise<void>;
  /** The newest snapshot of an account whose reading began before a time; null: none is kept. */
  readonly before: (account: string, time: string) => Promise<Kept | null>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MOST_RECENT = 20;

/**
 * Adds a snapshot to those that are kept, newest first, and thins them: all of the hour before the newest (twenty at
 * most), then the oldest of each hour for a day, then the oldest of each day for 90 days. The oldest of each stays the
 * oldest, so that thinning again leaves the same.
 */
export function thinned(kept: readonly Kept[], added: Kept): readonly Kept[] {
  const all = [...kept.filter(({ takenAt }) => takenAt !== added.takenAt), added]
    .filter(({ takenAt }) => !Number.isNaN(Date.parse(takenAt)))
    .sort((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const newest = Date.parse(all[0]?.takenAt ?? '');
  const recent = all.filter(({ takenAt }) => newest - Date.parse(takenAt) < HOUR).slice(0, MOST_RECENT);
  const oldestOf = new Map<string, Kept>();
  for (const each of all) {
    const time = Date.parse(each.takenAt);
    const age = newest - time;
    if (age >= 90 * DAY) continue;
    oldestOf.set(age < DAY ? `hour ${Math.floor(time / HOUR)}` : `day ${Math.floor(time / DAY)}`, each);
  }
  const chosen = new Set([...recent, ...oldestOf.values()]);
  return all.filter((each) => chosen.has(each));
}

/** The newest of the kept snapshots whose reading began before a time. */
export function newestBefore(kept: readonly Kept[], time: string): Kept | null {
  const limit = Date.parse(time);
  let found: Kept | null = null;
  for (const each of kept) {
    const at = Date.parse(each.takenAt);
    if (at < limit && (found === null || at > Date.parse(found.takenAt))) found = each;
  }
  return found;
}

/** A history in memory, for a pipeline inside one process. */
export function memoryHistory(): History {
  const accounts = new Map<string, readonly Kept[]>();
  return {
    keep: async (account, takenAt, key) => {
      accounts.set(account, thinned(accounts.get(account) ?? [], { takenAt, key }));
    },
    before: async (account, time) => newestBefore(accounts.get(account) ?? [], time),
  };
}
