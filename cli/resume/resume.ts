import { resolve } from 'node:path';
import {
  type AccountReading,
  type KeptReadings,
  keepNothing,
  type ReadingScope,
} from '../../shared/aws/accounts/kept-readings.ts';
import { causeOf } from '../files.ts';
import type { Io } from '../io.ts';
import type { SourceOptions } from '../options.ts';
import { ResumeFolderError } from './errors.ts';
import { openFolder, type ResumeFolder } from './folder.ts';
import { accountIn, KEPT_HOURS, packed, unpacked } from './kept-file.ts';
import { defaultFolder, scopeDigest } from './scope.ts';

/** A collection that may be interrupted. */
export interface Resume {
  readonly kept: (scope: ReadingScope) => Promise<KeptReadings>;
  /** The reading that is kept of an account in this run; null when none is. Rejects when it cannot be read. */
  readonly keptOf: (account: string) => Promise<AccountReading['account'] | null>;
  readonly isKept: (account: string) => boolean;
  /** Where to put more than memory holds; null: nowhere that is the run's own. */
  readonly scratch: () => string | null;
  /** Everything was judged: says what was taken over, and removes what was kept. */
  readonly finish: () => Promise<void>;
  /** What is kept, for how long, and how to go on; null when nothing is. */
  readonly left: () => string | null;
}

interface Tally {
  readonly total: number;
  readonly since: string[];
  readonly kept: Set<string>;
  readonly unusable: string[];
}

/** Notes name this many files at most. */
const MOST_NAMED = 3;

/** Keeps the readings of finished accounts in `--resume`, or in the user's state folder. */
export function resumable(options: SourceOptions, io: Io): Resume {
  const note = (text: string): void => {
    if (options.quiet !== true) io.err(`podtrust: ${text}\n`);
  };
  let place: { readonly path: string; readonly folder: ResumeFolder } | null = null;
  let tally: Tally = { total: 0, since: [], kept: new Set(), unusable: [] };

  return {
    kept: async (reading) => {
      const scope = scopeDigest(options, reading, io.env);
      const path =
        options.resume === undefined ? defaultFolder(scope, io.env) : resolve(io.cwd, options.resume);
      tally = { total: reading.accounts.length, since: [], kept: new Set(), unusable: [] };
      try {
        const folder = await openFolder(path, scope, options.fresh === true);
        place = { path, folder };
        return readingsIn(folder, scope, tally, io, note);
      } catch (error) {
        // A folder that somebody named must be the one; without one, the collection goes on as it always did.
        if (!(error instanceof ResumeFolderError) || options.resume !== undefined) throw error;
        note(`${error.message} If it is interrupted, it begins anew.`);
        return keepNothing;
      }
    },
    isKept: (account) => tally.kept.has(account),
    keptOf: async (account) => {
      const bytes = (await place?.folder.read(account)) ?? null;
      return bytes === null ? null : accountIn(bytes);
    },
    scratch: () => place?.folder.scratch ?? null,
    finish: async () => {
      if (tally.since.length > 0) note(takenOver(tally));
      if (tally.unusable.length > 0) note(leftAside(tally.unusable));
      await place?.folder.clear().catch((error: unknown) => {
        note(`what was kept in "${place?.path}" could not be removed: ${causeOf(error)}.`);
      });
    },
    left: () =>
      place === null || tally.kept.size === 0
        ? null
        : `${tally.kept.size} of ${tally.total} accounts are kept in "${place.path}"; the same command within ${KEPT_HOURS} hours goes on from there.`,
  };
}

function readingsIn(
  folder: ResumeFolder,
  scope: string,
  tally: Tally,
  io: Io,
  note: (text: string) => void,
): KeptReadings {
  let told = false;
  return {
    find: async (account) => {
      const reading = await folder
        .read(account)
        .then((bytes) => bytes && unpacked(bytes, { account, scope, now: io.now() }))
        .catch((error: unknown) => ({ why: causeOf(error) }));
      if (reading === null) return null;
      if ('why' in reading) {
        tally.unusable.push(`${account}.json.gz: ${reading.why}`);
        return null;
      }
      tally.since.push(reading.reading.takenAt);
      tally.kept.add(account);
      return reading.reading;
    },
    keep: async (reading: AccountReading) => {
      try {
        await folder.write(reading.account.id, packed(reading, scope));
        tally.kept.add(reading.account.id);
      } catch (error) {
        if (!told)
          note(`what is read cannot be kept: ${causeOf(error)}. If it is interrupted, it begins anew.`);
        told = true;
      }
    },
  };
}

const takenOver = ({ since, total }: Tally): string =>
  `${since.length} of ${total} accounts were taken over as they were read at ${since.toSorted()[0]} by a run that did not end; --fresh reads all of them anew.`;

function leftAside(unusable: readonly string[]): string {
  const named = unusable.slice(0, MOST_NAMED).join('; ');
  const more = unusable.length > MOST_NAMED ? ` and ${unusable.length - MOST_NAMED} more` : '';
  return `${unusable.length} kept readings were not used, and their accounts were read anew (${named}${more}).`;
}
