import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ALL_CLIENTS } from '../../shared/aws/clients.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { accountCollector, lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { deployedReader } from '../../shared/kube/deployed-reader.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
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

const now = () => new Date();

/** Bundling writes the chosen clusters here; where there are none, it leaves out the Kubernetes client. */
const kubernetes =
  process.env['PODTRUST_KUBERNETES'] === undefined
    ? undefined
    : deployedReader(process.env['PODTRUST_KUBERNETES'], now);

export const handler = createHandler({
  collector: accountCollector(
    lambdaClients(
      ALL_CLIENTS,
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    now,
    kubernetes,
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  history: tableHistory(new DynamoDBClient(), () => variable('tableName'), pause),
  telemetry: logTelemetry,
  hash: sha256,
  now,
});
