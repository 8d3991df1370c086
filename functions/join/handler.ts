import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import {
  type JoinAccountsPorts,
  type JoinOutput,
  joinAccounts,
} from '../../shared/pipeline/scan/join-accounts.ts';
import { scanIdSchema } from '../../shared/pipeline/scan/scan.ts';

const Input = z.strictObject({ scan: scanIdSchema });

/** Says with whom each account must be judged. */
export const createHandler = (ports: JoinAccountsPorts): LambdaHandler<JoinOutput> =>
  step(Input).handler(({ scan }) => joinAccounts(ports)(scan));

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  telemetry: logTelemetry,
});
