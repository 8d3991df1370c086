import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { messageSchema } from '../../shared/pipeline/message.ts';
import { repairMessageSchema } from '../../shared/pipeline/repair/notice.ts';
import { type ScanSummary, scanSummarySchema } from '../../shared/pipeline/scan/summary.ts';
import type { Deployed } from './deployment.ts';
import { until } from './until.ts';

/** What a subscriber received. */
export interface Received {
  readonly message: z.infer<typeof messageSchema>;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly at: number;
}

/** A queue that the topic delivers to, as a team would subscribe one. */
export interface Inbox {
  /** Everything received so far, oldest first. */
  readonly received: readonly Received[];
  /** What was told of repairs, oldest first. */
  readonly repairs: readonly z.infer<typeof repairMessageSchema>[];
  /** What was told of scans, oldest first. */
  readonly scans: readonly ScanSummary[];
  /** The next message (of those that no other wait took) of which this is so. Throws when there is none in time. */
  readonly next: (what: string, wanted: (message: Received['message']) => boolean) => Promise<Received>;
  /** Takes what is in the queue. */
  readonly take: () => Promise<void>;
}

/** Subscribes a new queue to the topic. */
export async function subscribe({ hub, outputs }: Deployed, name: string): Promise<Inbox> {
  const sqs = new SQSClient(hub);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(hub).send(
    new SubscribeCommand({
      TopicArn: outputs.TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'] ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const received: Received[] = [];
  const repairs: z.infer<typeof repairMessageSchema>[] = [];
  const scans: ScanSummary[] = [];
  const taken = new Set<Received>();
  const take = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    for (const { Body = '', MessageAttributes = {}, ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      if (MessageAttributes['type']?.StringValue === 'repair') {
        repairs.push(repairMessageSchema.parse(JSON.parse(Body)));
        continue;
      }
      if (MessageAttributes['type']?.StringValue === 'scan') {
        scans.push(scanSummarySchema.parse(JSON.parse(Body)));
        continue;
      }
      received.push({
        message: messageSchema.parse(JSON.parse(Body)),
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([key, { StringValue }]) => [key, StringValue]),
        ),
        at: Date.now(),
      });
    }
  };
  return {
    received,
    repairs,
    scans,
    take,
    next: (what, wanted) =>
      until(`A message (${what})`, async () => {
        await take();
        const found = received.find((one) => !taken.has(one) && wanted(one.message));
        if (found !== undefined) taken.add(found);
        return found;
      }),
  };
}
