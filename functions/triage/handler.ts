import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type TriagePorts, triage } from '../../shared/pipeline/triage.ts';

/** A batch of messages of an SQS queue. */
const Input = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** What SQS takes back: the messages that are not done (Lambda developer guide, "Partial batch responses"). */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Turns a batch of events into evaluations. */
export const createHandler = (ports: TriagePorts): LambdaHandler<BatchResponse> =>
  step(Input).handler(async ({ Records }) => {
    const { failed } = await triage(ports)(Records);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

const now = () => new Date();

export const handler = createHandler({
  register: tableRegister(new DynamoDBClient(), () => variable('tableName'), { hash: sha256, now, pause }),
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
  telemetry: logTelemetry,
  hash: sha256,
  now,
});
