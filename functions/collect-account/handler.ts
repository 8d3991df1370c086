import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ALL_CLIENTS } from '../../shared/aws/clients.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { scanCollector } from '../../shared/aws/pipeline/scan-collector.ts';

import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
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

const now = () => new Date();

export const handler = createHandler({
  collection: scanCollector(
    lambdaClients(
      ALL_CLIENTS,
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    now,
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
});
