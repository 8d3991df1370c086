import type { StreamResponse } from '../../shared/aws/pipeline/transition-stream.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import type { Outbox } from '../../shared/pipeline/notify.ts';
import { LAMBDA_CONTEXT } from './interpreter.ts';

/** The outbox of a store in this process. */
export function storeOutbox(store: FindingStore): Outbox & Pick<FindingStore, 'listUnpublished'> {
  return {
    listUnpublished: store.listUnpublished,
    markPublished: store.markPublished,
    isPublished: async (id) => {
      for await (const transition of store.listUnpublished()) if (transition.id === id) return false;
      return true;
    },
  };
}

/** How often a batch of the stream is handed out, as it is deployed (infra/constructs/transition-stream.ts). */
const TRIES = 11;

/**
 * Hands items to consumers as the stream of the deployed table does: each reads on its own, a batch that fails is handed
 * out again from its lowest failed record on, and after so many tries it is given up. Returns what was given up.
 */
export async function streamTo(
  consumers: readonly LambdaHandler<unknown>[],
  items: readonly object[],
): Promise<readonly object[]> {
  const records = items.map((NewImage, at) => ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: String(at + 1).padStart(21, '0'), NewImage },
  }));
  const givenUp: object[] = [];
  for (const consumer of consumers) {
    let left = records;
    for (let attempt = 1; left.length > 0 && attempt <= TRIES; attempt += 1) {
      const failed = await lowestFailed(consumer, left);
      left = failed === null ? [] : left.filter(({ dynamodb }) => dynamodb.SequenceNumber >= failed);
    }
    givenUp.push(...left);
  }
  return givenUp;
}

/** Sequence number from which on a batch has to be read again; null: it is done. */
async function lowestFailed(
  consumer: LambdaHandler<unknown>,
  Records: readonly { readonly dynamodb: { readonly SequenceNumber: string } }[],
): Promise<string | null> {
  try {
    const { batchItemFailures } = (await consumer({ Records }, LAMBDA_CONTEXT)) as StreamResponse;
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()[0] ?? null;
  } catch {
    return Records[0]?.dynamodb.SequenceNumber ?? null;
  }
}
