import pLimit from 'p-limit';
import type * as z from 'zod';
import type { CoverageGap } from '../estate/snapshot.ts';
import { isPassing } from './accounts/failures.ts';
import type { Clients } from './clients.ts';
import { failureReason } from './failure-reason.ts';
import type { ReadKubernetes } from './kubernetes-reader.ts';
import type { Progress } from './progress.ts';

/** Where a read takes place, as a coverage gap names it. `subject`: the one thing that is described. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
  readonly cluster?: string;
  readonly subject?: string;
}

/** One page of a list. `items` undefined: the answer did not hold the list. */
export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** What was read of a list. `complete` is false when a later page failed; the coverage then has a gap. */
interface Pages<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
}

/** One collection under way: every call goes through it, so that limits, gaps and progress are kept in one place. */
export interface Reading {
  readonly clients: Clients;
  /** Absent: the Kubernetes APIs of clusters are not read. */
  readonly kubernetes?: ReadKubernetes;
  readonly gaps: readonly CoverageGap[];
  readonly gap: (read: string, place: Place, reason: string) => void;
  /** True once a read failed for a reason that may be gone the next time. */
  readonly failedInPassing: () => boolean;
  /** One call. Undefined when it failed: the gap is recorded and nothing is thrown. */
  readonly one: <T>(read: string, place: Place, send: () => Promise<T>) => Promise<T | undefined>;
  /** All pages of a list. Undefined when not even the first was read. */
  readonly pages: <T>(
    read: string,
    place: Place,
    send: (token: string | undefined) => Promise<Page<T>>,
  ) => Promise<Pages<T> | undefined>;
  /** Data of an answer in the shape of the snapshot, or undefined and a gap when AWS answered something else. */
  readonly shaped: <T>(schema: z.ZodType<T>, data: object, read: string, place: Place) => T | undefined;
}

/** More pages than any account has: an endpoint that never ends its list is not followed for ever. */
const MOST_PAGES = 10_000;

export function startReading(
  clients: Clients,
  concurrency: number,
  progress: (progress: Progress) => void,
  kubernetes?: ReadKubernetes,
): Reading {
  const gaps: CoverageGap[] = [];
  const limit = pLimit(concurrency);
  let calls = 0;
  let passing = false;

  const gap: Reading['gap'] = (read, place, reason) => {
    gaps.push({ ...present(place), read, reason });
  };
  const tell = (read: string, { account, region, cluster, subject }: Place) => {
    calls += 1;
    const doing = [read, account, region, cluster, subject].filter((part) => part !== undefined).join(' ');
    progress({ calls, gaps: gaps.length, doing });
  };
  const one = <T>(read: string, place: Place, send: () => Promise<T>, prefix = ''): Promise<T | undefined> =>
    limit(async () => {
      try {
        return await send();
      } catch (error) {
        passing ||= isPassing(error);
        gap(read, place, `${prefix}${failureReason(error)}`);
        return undefined;
      } finally {
        tell(read, place);
      }
    });

  const pages = async <T>(
    read: string,
    place: Place,
    send: (token: string | undefined) => Promise<Page<T>>,
  ): Promise<Pages<T> | undefined> => {
    const items: T[] = [];
    const tokens = new Set<string>();
    let token: string | undefined;
    for (let number = 1; number <= MOST_PAGES; number++) {
      const answer = await one(read, place, () => send(token).then(checkedPage), onPage(number));
      if (answer === undefined) return number === 1 ? undefined : { items, complete: false };
      for (const item of answer.items) items.push(item);
      token = answer.next;
      if (!token) return { items, complete: true };
      if (tokens.has(token)) {
        gap(read, place, `${onPage(number)}malformed answer: the page token repeats`);
        return { items, complete: false };
      }
      tokens.add(token);
    }
    gap(read, place, `stopped after ${MOST_PAGES} pages`);
    return { items, complete: false };
  };

  const shaped: Reading['shaped'] = (schema, data, read, place) => {
    const result = schema.safeParse(present(data));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    gap(
      read,
      place,
      failureReason(`malformed answer: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`),
    );
    return undefined;
  };

  return {
    clients,
    gaps,
    gap,
    failedInPassing: () => passing,
    one,
    pages,
    shaped,
    ...(kubernetes === undefined ? {} : { kubernetes }),
  };
}

function checkedPage<T>({ items, next }: Page<T>): { items: readonly T[]; next: string | undefined } {
  if (!Array.isArray(items)) throw new Error('malformed answer: the list is missing');
  return { items, next };
}

const onPage = (number: number): string => (number === 1 ? '' : `page ${number}: `);

/** An object without the keys whose value is undefined. */
export function present<T extends object>(data: T): { [K in keyof T]: Exclude<T[K], undefined> };
export function present(data: object): object {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
