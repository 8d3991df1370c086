import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ReadingScope } from '../../shared/aws/accounts/kept-readings.ts';
import { SNAPSHOT_VERSION } from '../../shared/estate/snapshot.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { Io } from '../io.ts';
import type { SourceOptions } from '../options.ts';
import { VERSION } from '../version.ts';
import { KEPT_VERSION } from './kept-file.ts';

/**
 * Digest of all that decides what a reading of an account holds: who reads, in which organization, where, how, by which
 * version. Which accounts are read is no part of it.
 */
export function scopeDigest(
  options: SourceOptions,
  { caller, organization }: ReadingScope,
  env: Io['env'],
): string {
  return sha256(
    JSON.stringify([
      [KEPT_VERSION, SNAPSHOT_VERSION, VERSION],
      // The name of a session is another one each time.
      caller.replace(/^(arn:[^:]*:sts::\d{12}:assumed-role\/[^/]*)\/.*$/, '$1'),
      organization,
      [options.readRole, options.externalId ?? null],
      [...(options.regions ?? [])].sort(),
      [options.kubernetes !== false, options.kubeconfig ?? null, options.context ?? null],
      Object.entries(env)
        .filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
  );
}

/** Where readings are kept unless told: below the user's state folder (XDG base directory specification). */
export function defaultFolder(scope: string, env: Io['env']): string {
  const state = env['XDG_STATE_HOME'] || env['LOCALAPPDATA'] || join(homedir(), '.local', 'state');
  return join(state, 'podtrust', 'organization', scope.slice(0, 16));
}
