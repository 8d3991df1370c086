import * as z from 'zod';
import { scanCollector } from '../../shared/aws/pipeline/scan-collector.ts';
import { chosenClusters } from '../../shared/lambda/chosen-clusters.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { readingPorts } from '../../shared/lambda/reading-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { collectRegion, type ScanCollectPorts } from '../../shared/pipeline/scan/collect-account.ts';
import { accountId, regionName, scanIdSchema } from '../../shared/pipeline/scan/scan.ts';

const Input = z.strictObject({
  scan: scanIdSchema,
  account: accountId,
  region: regionName,
});

/** Reads the clusters of one region of an account. */
export const createHandler = (ports: ScanCollectPorts): LambdaHandler<{ region: string }> =>
  step(Input).handler((input) => collectRegion(ports)(input));

const reading = readingPorts();

export const handler = createHandler({
  collection: scanCollector(reading.clients, reading.now, chosenClusters(reading.now)),
  claims: reading.claims,
  telemetry: logTelemetry,
  now: reading.now,
});
