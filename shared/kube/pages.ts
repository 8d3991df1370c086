import { failureOf } from './failure.ts';

/** One page as the API server answers it. */
export interface ListPage<T> {
  /** Undefined when the answer has no list. Taken once. */
  readonly items: Iterable<T> | undefined;
  readonly metadata?: { readonly _continue?: string | undefined };
}

/** Objects of one page (Kubernetes, API concepts: retrieving large results sets in chunks; kubectl asks for 500 as well). */
const PAGE = 500;

/** More pages than any list has: a server that never ends is not followed for ever. */
const MOST_PAGES = 4_000;

/** How often a list that changed too much is begun anew. */
const MOST_STARTS = 3;

/**
 * Reads a list page by page, each handed to `take` before the next is asked for, so that none is kept. A list whose
 * continuation expired (410) is begun anew, after `restart`. Throws what a request threw, and an Error for a server that
 * repeats itself.
 */
export async function eachPage<T>(
  list: (page: { limit: number; _continue?: string }) => Promise<ListPage<T>>,
  take: (items: Iterable<T>) => void,
  restart: () => void,
): Promise<void> {
  for (let start = 1; ; start++) {
    try {
      await readThrough(list, take);
      return;
    } catch (error) {
      if (start >= MOST_STARTS || failureOf(error).kind !== 'gone') throw error;
      restart();
    }
  }
}

async function readThrough<T>(
  list: (page: { limit: number; _continue?: string }) => Promise<ListPage<T>>,
  take: (items: Iterable<T>) => void,
): Promise<void> {
  let token: string | undefined;
  for (let number = 0; number < MOST_PAGES; number++) {
    const { items, metadata } = await list({
      limit: PAGE,
      ...(token === undefined ? {} : { _continue: token }),
    });
    // Something in between may answer 200 with a document of its own.
    if (items === undefined) throw new Error('malformed answer: the list is missing');
    take(items);
    const next = metadata?._continue;
    if (!next) return;
    if (next === token) throw new Error('malformed answer: the continuation repeats');
    token = next;
  }
  throw new Error(`the list does not end after ${MOST_PAGES} pages`);
}
