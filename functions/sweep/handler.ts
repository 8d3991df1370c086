import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { dynamodbOutbox } from '../../shared/aws/pipeline/outbox.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { snsTopic } from '../../shared/aws/pipeline/topic.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type SweepPorts, type Swept, sweep } from '../../shared/pipeline/sweep.ts';

const Input = z.strictObject({
  /** How old an unpublished transition has to be; younger ones are left to the stream. */
  olderThanMinutes: z.number().nonnegative().optional(),
});

/** Makes good what the other parts left undone. */
export const createHandler = (ports: SweepPorts): LambdaHandler<Swept> =>
  step(Input).handler(({ olderThanMinutes }) =>
    sweep(ports)(olderThanMinutes === undefined ? {} : { olderThanMinutes }),
  );

const now = () => new Date();
const table = new DynamoDBClient();
const outbox = dynamodbOutbox(table, () => variable('tableName'));

export const handler = createHandler({
  register: tableRegister(table, () => variable('tableName'), { hash: sha256, now, pause }),
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
  outbox,
  listUnpublished: outbox.listUnpublished,
  topic: snsTopic(new SNSClient(), () => variable('topicArn')),
  telemetry: logTelemetry,
  now,
});
