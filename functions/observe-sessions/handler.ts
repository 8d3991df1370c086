import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type ObservePorts, observeSessions } from '../../shared/pipeline/observe-sessions.ts';

/** A batch of messages of an SQS queue. */
const Input = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** What SQS takes back: the messages that are not done (Lambda developer guide, "Partial batch responses"). */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Writes down a batch of sessions of pods. */
export const createHandler = (ports: ObservePorts): LambdaHandler<BatchResponse> =>
  step(Input).handler(async ({ Records }) => {
    const { failed } = await observeSessions(ports)(Records);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

const dynamodb = new DynamoDBClient();
const tableName = () => variable('tableName');
const now = () => new Date();

export const handler = createHandler({
  store: dynamodbEvidence(dynamodb, tableName),
  keepsSessions,
  keepsAccessDenied,
  register: tableRegister(dynamodb, tableName, { hash: sha256, now, pause }),
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
  telemetry: logTelemetry,
});
