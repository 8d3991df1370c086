import type * as z from 'zod';
import type { ClusterReader } from '../account-reader.ts';
import type { Page } from '../reading.ts';

/** The most that one page of an EKS list holds (EKS API reference, maxResults). */
export const EKS_PAGE = 100;

/** How one list of a cluster is read: page by page, then each thing by its description. */
interface Listing<Summary, Item> {
  readonly list: string;
  readonly page: (token: string | undefined) => Promise<Page<Summary>>;
  readonly describe: string;
  readonly schema: z.ZodType<Item>;
  /** Name of a thing in messages; undefined when the list does not even name it. */
  readonly subject: (summary: Summary) => string | undefined;
  /** The description as data for the schema. Throws when the call fails. */
  readonly one: (summary: Summary) => Promise<object>;
  /** What the list alone says of a thing whose description could not be read. */
  readonly known: (summary: Summary) => object;
}

/**
 * Lists and describes. Undefined when the list was not read; things that could not be described stay with what the list
 * says of them, and the coverage has a gap for each.
 */
export async function readListed<Summary, Item>(
  { reading, place }: ClusterReader,
  listing: Listing<Summary, Item>,
): Promise<Item[] | undefined> {
  const pages = await reading.pages(listing.list, place, listing.page);
  if (pages === undefined) return undefined;
  const named = new Map(pages.items.map((summary) => [listing.subject(summary), summary]));
  const items = await Promise.all(
    Array.from(named, async ([subject, summary]) => {
      if (!subject) {
        reading.gap(listing.list, place, 'malformed answer: a thing without name');
        return undefined;
      }
      const where = { ...place, subject };
      const described = await reading.one(listing.describe, where, () => listing.one(summary));
      const item = described && reading.shaped(listing.schema, described, listing.describe, where);
      return item ?? reading.shaped(listing.schema, listing.known(summary), listing.list, where);
    }),
  );
  return items.filter((item) => item !== undefined);
}

/** A part of an answer that must be there. Throws an Error that becomes the gap's reason. */
export function required<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`malformed answer: no ${what}`);
  return value;
}
