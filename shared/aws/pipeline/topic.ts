import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Permission } from '../../lambda/permissions.ts';
import { snsBody } from '../../pipeline/message.ts';
import type { ChatTopic, Topic } from '../../pipeline/notify.ts';

/** What snsTopic needs; the key, because the topic is encrypted with it. */
export const topicPermissions: readonly Permission[] = [
  { actions: ['sns:Publish'], on: 'topic' },
  { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], on: 'key' },
];

/** Publishes each form of a message to the subscribers that want it: JSON for programs, text for email. */
export function snsTopic(client: SNSClient, topicArn: () => string): Topic {
  return {
    publish: async (message) => {
      const TopicArn = topicArn();
      await client.send(
        new PublishCommand({
          TopicArn,
          Subject: message.subject,
          MessageStructure: 'json',
          Message: snsBody(message),
          MessageAttributes: Object.fromEntries(
            Object.entries(message.attributes).map(([name, value]) => [
              name,
              { DataType: 'String', StringValue: value },
            ]),
          ),
          ...(TopicArn.endsWith('.fifo') && {
            MessageGroupId: message.group,
            MessageDeduplicationId: message.deduplication,
          }),
        }),
      );
    },
  };
}

/** What snsChatTopic needs besides; where there is no such topic, nothing. */
export const chatTopicPermissions: readonly Permission[] = [{ actions: ['sns:Publish'], on: 'chat-topic' }];

/** Publishes a body as it is: Amazon Q Developer reads nothing else. Without an ARN it publishes nothing. */
export function snsChatTopic(client: SNSClient, topicArn: () => string | undefined): ChatTopic {
  return {
    publish: async (body) => {
      const TopicArn = topicArn();
      if (TopicArn !== undefined) await client.send(new PublishCommand({ TopicArn, Message: body }));
    },
  };
}
