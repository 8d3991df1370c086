import { buildEstate } from '../shared/estate/build-estate.ts';
import type { Estate } from '../shared/estate/estate.ts';
import { parseSnapshot } from '../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';
import type { SourceOptions } from './options.ts';
import { showProgress } from './progress.ts';

/** The estate that a verb asks about. Throws UsageError for a bad file, the collector's errors for live AWS. */
export async function loadEstate(options: SourceOptions, io: Io): Promise<Estate> {
  return buildEstate(await loadSnapshot(options, io));
}

/** The snapshot in `--snapshot`, or a fresh one from AWS. */
async function loadSnapshot(options: SourceOptions, io: Io): Promise<Snapshot> {
  if (options.snapshot === undefined) return collectLive(options, io);
  const parsed = parseSnapshot(await readText(options.snapshot, 'snapshot', io));
  if ('snapshot' in parsed) return parsed.snapshot;
  throw new UsageError(`snapshot "${options.snapshot}": ${parsed.error}`);
}

/** Reads AWS with the caller's credentials; the SDK is loaded only here, so that snapshots start fast. */
export async function collectLive(options: SourceOptions, io: Io): Promise<Snapshot> {
  const { collect } = await import('../shared/aws/collect.ts');
  const { createClients } = await import('../shared/aws/clients.ts');
  const progress = showProgress(io, options.quiet === true);
  try {
    const snapshot = await collect(
      {
        clients: createClients({
          ...(options.profile === undefined ? {} : { profile: options.profile }),
          ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
          readRole: options.readRole,
        }),
        ...(options.regions === undefined ? {} : { regions: options.regions }),
        ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
        concurrency: options.concurrency,
        now: io.now,
        ...(options.sessions === true && {
          sessions: {
            seconds: options.sessionsWithin ?? 60,
            sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
          },
        }),
      },
      progress.update,
    );
    return options.wholeOrganization === true ? { ...snapshot, organization: { complete: true } } : snapshot;
  } finally {
    progress.stop();
  }
}
