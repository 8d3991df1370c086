import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ALL_CLIENTS } from '../../shared/aws/clients.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { scanCollector } from '../../shared/aws/pipeline/scan-collector.ts';
import { deployedReader } from '../../shared/kube/deployed-reader.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
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

const now = () => new Date();

/** Bundling writes the chosen clusters here; where there are none, it leaves out the Kubernetes client. */
const kubernetes =
  process.env['PODTRUST_KUBERNETES'] === undefined
    ? undefined
    : deployedReader(process.env['PODTRUST_KUBERNETES'], now);

export const handler = createHandler({
  collection: scanCollector(
    lambdaClients(
      ALL_CLIENTS,
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    now,
    kubernetes,
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
});
