import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { deployedRecords } from '../../shared/lambda/repair-records.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type StopPorts, type Stopped, stopPlan } from '../../shared/pipeline/repair/stop.ts';
import { failureReason, stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const Input = z.strictObject({
  digest: digestSchema,
  account: z.string().regex(/^\d{12}$/),
  failure: stepFailureSchema,
});

/** Leaves a plan as it is, locked, and says so. */
export const createHandler = (ports: StopPorts): LambdaHandler<Stopped> =>
  step(Input).handler(({ digest, account, failure }) =>
    stopPlan(ports)({ digest, account, reason: failureReason(failure) }),
  );

export const handler = createHandler(deployedRecords(new DynamoDBClient()));
