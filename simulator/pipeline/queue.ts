/** One message as a Lambda receives it from SQS. */
interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** A queue whose messages are handed out in batches, again when they fail, and at last to the dead letters. */
export interface Queue {
  readonly send: (body: string) => void;
  /** Hands out everything until the queue is empty. `consume` returns the ids that failed. */
  readonly drain: (consume: (batch: readonly QueuedMessage[]) => Promise<readonly string[]>) => Promise<void>;
  readonly deadLetters: readonly string[];
}

interface Waiting {
  readonly id: string;
  readonly body: string;
  received: number;
}

/** A queue in memory. `batchSize`: messages at once; `tries`: receives before a message is a dead letter. */
export function createQueue({ batchSize = 100, tries = 5 } = {}): Queue {
  const waiting: Waiting[] = [];
  const deadLetters: string[] = [];
  let sent = 0;
  return {
    deadLetters,
    send: (body) => {
      sent += 1;
      waiting.push({ id: `message-${sent}`, body, received: 0 });
    },
    drain: async (consume) => {
      while (waiting.length > 0) {
        const batch = waiting.splice(0, batchSize);
        for (const message of batch) message.received += 1;
        // A consumer that dies hands nothing back, and the queue hands everything out again.
        const failed = new Set(
          await consume(
            batch.map(({ id, body, received }) => ({
              messageId: id,
              body,
              attributes: { ApproximateReceiveCount: String(received) },
            })),
          ).catch(() => batch.map(({ id }) => id)),
        );
        for (const message of batch.filter(({ id }) => failed.has(id))) {
          if (message.received < tries) waiting.push(message);
          else deadLetters.push(message.body);
        }
      }
    },
  };
}
