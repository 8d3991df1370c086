import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { s3Claims, s3Files } from '../../shared/aws/pipeline/claims.ts';
import { snsTopic } from '../../shared/aws/pipeline/topic.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { PAGE_FOLDER, readPageAssets } from '../../shared/lambda/page-assets.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { pacedSchema } from '../../shared/pipeline/scan/paced.ts';
import { type ReportPorts, report } from '../../shared/pipeline/scan/report.ts';
import { scanIdSchema } from '../../shared/pipeline/scan/scan.ts';
import type { ScanSummary } from '../../shared/pipeline/scan/summary.ts';
import { stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const Input = z.strictObject({
  scan: scanIdSchema,
  failure: stepFailureSchema.optional(),
  // No scan fails for its pace, not even for what is told of it.
  paced: pacedSchema.optional().catch(undefined),
});

/** Writes the report of a scan, and publishes its summary. */
export const createHandler = (ports: ReportPorts): LambdaHandler<Pick<ScanSummary, 'id' | 'outcome'>> =>
  step(Input).handler(({ scan, failure, paced }) => report(ports)(scan, { failure, paced }));

const s3 = new S3Client();
const bucket = () => variable('bucket');

export const handler = createHandler({
  claims: s3Claims(s3, bucket),
  files: s3Files(s3, bucket),
  store: dynamodbStore(new DynamoDBClient(), () => variable('tableName')),
  page: () => readPageAssets(join(import.meta.dirname, PAGE_FOLDER)),
  topic: snsTopic(new SNSClient(), () => variable('topicArn')),
  telemetry: logTelemetry,
  version: manifest.version,
  now: () => new Date(),
});
