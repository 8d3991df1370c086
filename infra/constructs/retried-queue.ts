import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

/** How often a message is handed out before it goes to the dead letters. */
const TRIES = 5;

interface RetriedQueue {
  readonly queue: Queue;
  readonly deadLetters: Queue;
}

/** A queue whose messages a function takes in batches, and the place for those that it cannot take. */
export function retriedQueue(
  scope: Construct,
  consumerTimeoutSeconds: number,
  batchSeconds: number,
): RetriedQueue {
  const secure = {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  };
  const deadLetters = new Queue(scope, 'DeadLetters', secure);
  acknowledge(deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');
  const queue = new Queue(scope, 'Queue', {
    ...secure,
    // Lambda developer guide, "Using Lambda with Amazon SQS": six times the function's timeout, plus the window.
    visibilityTimeout: Duration.seconds(6 * consumerTimeoutSeconds + batchSeconds),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: TRIES },
  });
  return { queue, deadLetters };
}
