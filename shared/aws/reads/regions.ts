import { ListRegionsCommand } from '@aws-sdk/client-account';
import type { AccountReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';

export const permissions: Permissions = { actions: ['account:ListRegions'], for: 'read' };

/** The most that one page holds (account management API reference, ListRegions, MaxResults). */
const PAGE = 50;

/**
 * The regions that are enabled for the account. Where they could not be read, those that every account of the partition
 * has by default; the gap says that there may be more.
 */
export async function readRegions({
  reading,
  place,
  client,
  known,
}: AccountReader): Promise<readonly string[]> {
  const pages = await reading.pages('account:ListRegions', place, async (NextToken) => {
    const answer = await client('account', null).send(
      new ListRegionsCommand(
        present({
          MaxResults: PAGE,
          NextToken,
          RegionOptStatusContains: ['ENABLED' as const, 'ENABLED_BY_DEFAULT' as const],
        }),
      ),
    );
    return { items: answer.Regions, next: answer.NextToken };
  });
  const named = (pages?.items ?? []).flatMap(({ RegionName }) => (RegionName ? [RegionName] : []));
  const complete = pages?.complete === true && named.length === pages.items.length;
  if (pages?.complete === true && !complete) {
    reading.gap('account:ListRegions', place, 'malformed answer: a region without name');
  }
  return [...new Set(complete ? named : [...named, ...(known?.defaultRegions ?? [])])].sort();
}
