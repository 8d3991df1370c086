import { NoSuchKey } from '@aws-sdk/client-s3';
import type { Calls } from './calls.ts';
import { failureOf } from './failures.ts';

/** A bucket in this process. */
interface Objects {
  readonly kept: ReadonlyMap<string, string>;
  readonly answer: (operation: string, input: object) => object;
}

/**
 * Every read of an object asks for `s3:ListBucket` as well, which decides alone what is said of an object that is not
 * there: with it NoSuchKey, without it AccessDenied (S3 API reference, GetObject). Struck there, the object is gone.
 */
export function createObjects(calls: Calls, before: ReadonlyMap<string, string> = new Map()): Objects {
  const kept = new Map(before);
  return {
    kept,
    answer: (operation, input) => {
      const { Key = '', Body = '' } = input as { Key?: string; Body?: string };
      if (operation === 'PutObject') {
        kept.set(Key, Body);
        return {};
      }
      const gone = calls.strike('s3:ListBucket');
      if (gone === 'denied') throw failureOf('s3', 'denied');
      const text = gone === null ? kept.get(Key) : undefined;
      if (text === undefined) throw new NoSuchKey({ $metadata: {}, message: 'The key does not exist.' });
      return { Body: { transformToString: async () => text } };
    },
  };
}
