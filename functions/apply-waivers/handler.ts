import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../shared/aws/findings/waiver-table.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import {
  type AppliedWaivers,
  type ApplyWaiversPorts,
  applyWaivers,
} from '../../shared/pipeline/apply-waivers.ts';

const Input = z.strictObject({});

/** Brings the findings to what the waivers say today. */
export const createHandler = (ports: ApplyWaiversPorts): LambdaHandler<AppliedWaivers> =>
  step(Input).handler(() => applyWaivers(ports)());

const table = new DynamoDBClient();
const tableName = () => variable('tableName');

export const handler = createHandler({
  waivers: waiverTable(table, tableName, sha256),
  store: dynamodbStore(table, tableName),
  telemetry: logTelemetry,
  mostDays: deployedConfig().waivers.mostDays,
  hash: sha256,
  now: () => new Date(),
});
