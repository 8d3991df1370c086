import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { snsTopic } from '../../shared/aws/pipeline/topic.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { evaluationSchema } from '../../shared/pipeline/evaluation.ts';
import { type Notified, type NotifyPorts, notify } from '../../shared/pipeline/notify.ts';

const Input = z.strictObject({
  evaluation: evaluationSchema,
  tidings: z.union([
    z.strictObject({ key: z.string() }),
    z.strictObject({ failure: z.object({ Error: z.string(), Cause: z.string().optional() }) }),
  ]),
});

/** Publishes what there is to tell. */
export const createHandler = (ports: NotifyPorts): LambdaHandler<Notified> =>
  step(Input).handler(({ evaluation, tidings }) => notify(ports)(evaluation, tidings));

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  topic: snsTopic(new SNSClient(), () => variable('topicArn')),
  telemetry: logTelemetry,
  hash: sha256,
});
