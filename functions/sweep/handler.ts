import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { dynamodbOutbox } from '../../shared/aws/pipeline/outbox.ts';
import { owedTable } from '../../shared/aws/pipeline/owed-table.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { awsSecurityHub, placeOfProduct } from '../../shared/aws/pipeline/security-hub.ts';
import { snsTopic } from '../../shared/aws/pipeline/topic.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
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
  imports:
    optionalVariable('productArn') === undefined
      ? undefined
      : {
          securityHub: awsSecurityHub(new SecurityHubClient()),
          place: () => placeOfProduct(variable('productArn')),
          owed: owedTable(table, () => variable('tableName'), randomUUID),
        },
  topic: snsTopic(new SNSClient(), () => variable('topicArn')),
  telemetry: logTelemetry,
  now,
});
