import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { stepFunctionsMapRuns } from '../../shared/aws/pipeline/map-runs.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type PaceScanPorts, paceScan } from '../../shared/pipeline/scan/pace-scan.ts';
import { scanIdSchema } from '../../shared/pipeline/scan/scan.ts';
import { type ScanPace, scanPaceSchema } from '../../shared/pipeline/scan/scan-pace.ts';

const Input = z.strictObject({
  execution: z.string().min(1).max(500),
  scan: scanIdSchema,
  pace: scanPaceSchema,
});

/** Sets how many accounts a scan reads at once. */
export const createHandler = (ports: PaceScanPorts): LambdaHandler<ScanPace> =>
  step(Input).handler((input) => paceScan(ports)(input));

export const handler = createHandler({
  mapRuns: stepFunctionsMapRuns(new SFNClient()),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  telemetry: logTelemetry,
  now: () => new Date(),
});
