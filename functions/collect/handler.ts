import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { accountCollector, lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Collected, type CollectPorts, collect } from '../../shared/pipeline/collect.ts';
import { evaluationSchema } from '../../shared/pipeline/evaluation.ts';

const Input = z.strictObject({ evaluation: evaluationSchema });

/** Reads the affected account and keeps the snapshot. */
export const createHandler = (ports: CollectPorts): LambdaHandler<Collected> =>
  step(Input).handler(({ evaluation }) => collect(ports)(evaluation));

const now = () => new Date();

export const handler = createHandler({
  collector: accountCollector(
    lambdaClients(() => variable('readRole')),
    now,
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  telemetry: logTelemetry,
  hash: sha256,
  now,
});
