import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { accountCollector } from '../../shared/aws/pipeline/collector.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { chosenClusters } from '../../shared/lambda/chosen-clusters.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { readingPorts } from '../../shared/lambda/reading-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Collected, type CollectPorts, collect } from '../../shared/pipeline/collect.ts';
import { turnSchema } from '../../shared/pipeline/lane.ts';

const Input = z.strictObject({
  turn: turnSchema,
  account: z.string().regex(/^\d{12}$/),
  requests: z.string(),
});

/** Reads an account and keeps the snapshot. */
export const createHandler = (ports: CollectPorts): LambdaHandler<Collected> =>
  step(Input).handler((input) => collect(ports)(input));

const reading = readingPorts();

export const handler = createHandler({
  collector: accountCollector(reading.clients, reading.now, chosenClusters(reading.now)),
  claims: reading.claims,
  history: tableHistory(new DynamoDBClient(), () => variable('tableName'), pause),
  telemetry: logTelemetry,
  hash: sha256,
  now: reading.now,
});
