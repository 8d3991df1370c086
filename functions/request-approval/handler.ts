import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { taskCallbacks } from '../../shared/aws/repairs/callbacks.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRecords } from '../../shared/lambda/repair-records.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type RequestPorts, requestApproval } from '../../shared/pipeline/repair/request-approval.ts';

const Input = z.strictObject({ digest: digestSchema, taskToken: z.string().min(1).max(2048) });

/** Asks for a decision on a plan. */
export const createHandler = (ports: RequestPorts): LambdaHandler<void> =>
  step(Input).handler(({ digest, taskToken }) => requestApproval(ports)(digest, taskToken));

const config = deployedConfig();

export const handler = createHandler({
  ...deployedRecords(new DynamoDBClient()),
  callbacks: taskCallbacks(new SFNClient()),
  config,
  now: () => new Date(),
});
