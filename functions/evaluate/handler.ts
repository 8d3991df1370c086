import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Evaluated, type EvaluatePorts, evaluate } from '../../shared/pipeline/evaluate.ts';
import { evaluationSchema } from '../../shared/pipeline/evaluation.ts';

const Input = z.strictObject({ evaluation: evaluationSchema, key: z.string() });

/** Judges the scope in the snapshot. */
export const createHandler = (ports: EvaluatePorts): LambdaHandler<Evaluated> =>
  step(Input).handler(({ evaluation, key }) => evaluate(ports)(evaluation, key));

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  telemetry: logTelemetry,
  config: defaultConfig,
  hash: sha256,
});
