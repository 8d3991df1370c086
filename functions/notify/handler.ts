import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbOutbox } from '../../shared/aws/pipeline/outbox.ts';
import { snsChatTopic, snsTopic } from '../../shared/aws/pipeline/topic.ts';
import {
  type StreamResponse,
  streamEventSchema,
  streamResponse,
  transitionRecords,
} from '../../shared/aws/pipeline/transition-stream.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type NotifyPorts, notify } from '../../shared/pipeline/notify.ts';

/** Publishes the transitions of the finding table's stream. */
export const createHandler = (ports: NotifyPorts): LambdaHandler<StreamResponse> =>
  step(streamEventSchema).handler(async (batch) => {
    const { failed } = await notify(ports)(transitionRecords(batch));
    return streamResponse(failed);
  });

const sns = new SNSClient();

export const handler = createHandler({
  outbox: dynamodbOutbox(new DynamoDBClient(), () => variable('tableName')),
  topic: snsTopic(sns, () => variable('topicArn')),
  chat: snsChatTopic(sns, () => optionalVariable('chatTopicArn')),
  telemetry: logTelemetry,
  now: () => new Date(),
});
