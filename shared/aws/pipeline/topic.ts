import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Permission } from '../../lambda/permissions.ts';
import type { Topic } from '../../pipeline/notify.ts';

/** What snsTopic needs; the key, because the topic is encrypted with it. */
export const topicPermissions: readonly Permission[] = [
  { actions: ['sns:Publish'], on: 'topic' },
  { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], on: 'key' },
];

/** Publishes each form of a message to the subscribers that want it: JSON for programs, text for email. */
export function snsTopic(client: SNSClient, topicArn: () => string): Topic {
  return {
    publish: async ({ subject, json, text, attributes }) => {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn(),
          Subject: subject,
          MessageStructure: 'json',
          Message: JSON.stringify({ default: json, email: text }),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: 'String', StringValue: value },
            ]),
          ),
        }),
      );
    },
  };
}
