import * as z from 'zod';
import { scanCollector } from '../../shared/aws/pipeline/scan-collector.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { readingPorts } from '../../shared/lambda/reading-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import {
  collectAccount,
  type RegionsToRead,
  type ScanCollectPorts,
} from '../../shared/pipeline/scan/collect-account.ts';
import { accountId, scanIdSchema } from '../../shared/pipeline/scan/scan.ts';

const Input = z.strictObject({
  scan: scanIdSchema,
  account: accountId,
});

/** Reads an account without its clusters. */
export const createHandler = (ports: ScanCollectPorts): LambdaHandler<RegionsToRead> =>
  step(Input).handler((input) => collectAccount(ports)(input));

const reading = readingPorts();

export const handler = createHandler({
  collection: scanCollector(reading.clients, reading.now),
  claims: reading.claims,
  telemetry: logTelemetry,
  now: reading.now,
});
