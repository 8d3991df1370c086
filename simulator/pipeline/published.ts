import { transitionItem } from '../../shared/aws/findings/items.ts';
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

/** Hands what a store wrote to a consumer, as the stream of the deployed table does. `told`: ids that it had already. */
export async function streamTo(
  consumer: LambdaHandler<unknown>,
  store: FindingStore,
  told: Set<string>,
): Promise<void> {
  const Records: object[] = [];
  for await (const transition of store.listUnpublished()) {
    if (told.has(transition.id)) continue;
    told.add(transition.id);
    const SequenceNumber = String(told.size).padStart(21, '0');
    Records.push({
      eventName: 'INSERT',
      dynamodb: { SequenceNumber, NewImage: transitionItem(transition) },
    });
  }
  if (Records.length > 0) await consumer({ Records }, LAMBDA_CONTEXT);
}
