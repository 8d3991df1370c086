import { findCause } from '../../findings/cause-lookup.ts';
import type { Permission } from '../../lambda/permissions.ts';
import type { CauseFinder } from '../../pipeline/record-in-turn.ts';
import type { ClientsFor } from '../clients.ts';
import { eventLookup } from '../cloudtrail/lookup-events.ts';
import { partitionNamed } from '../partitions.ts';
import { causePermissions, furtherAccountPermissions } from '../permissions.ts';
import { readCaller } from '../reads/caller.ts';

/** What cloudtrailCauses needs. */
export const causeFinderPermissions: readonly Permission[] = [
  { actions: [...causePermissions().actions, 'sts:GetCallerIdentity'], on: 'account' },
  { actions: furtherAccountPermissions('aws', '').actions, on: 'read-roles' },
];

/** The longest that one look around takes: what is published late is published all the same. */
const WITHIN_SECONDS = 25;

interface Time {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Looks for causes in CloudTrail's last 90 days, each query once; a new finder for each evaluation. */
export function cloudtrailCauses(
  clients: () => ClientsFor<'cloudtrail' | 'sts'>,
  { now, sleep }: Time,
): () => CauseFinder {
  let own: string | undefined;
  return () => {
    const until = new Date(now().getTime() + WITHIN_SECONDS * 1000);
    const lookUp = eventLookup({
      clientFor: (account, region) => clients()('cloudtrail', account === own ? null : account, region),
      now,
      sleep,
      until,
    });
    return async (finding, readAt, partition) => {
      const iamRegion = partitionNamed(partition)?.iamRegion;
      if (iamRegion === undefined)
        return { outcome: 'not-looked-up', reason: `nothing is known of partition ${partition}` };
      try {
        own ??= (await readCaller(clients()('sts', null, null))).account;
      } catch (error) {
        const why = error instanceof Error ? error.name : String(error);
        return { outcome: 'not-looked-up', reason: `who podtrust is could not be read (${why})` };
      }
      return findCause(finding, readAt, iamRegion, lookUp);
    };
  };
}
