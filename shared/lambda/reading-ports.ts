import { S3Client } from '@aws-sdk/client-s3';
import { ALL_CLIENTS } from '../aws/clients.ts';
import { s3Claims } from '../aws/pipeline/claims.ts';
import { lambdaClients } from '../aws/pipeline/collector.ts';
import { optionalVariable, variable } from './environment.ts';

/** What functions read accounts with, and where what was read is kept. Makes no call by itself. */
export function readingPorts() {
  return {
    clients: lambdaClients(
      ALL_CLIENTS,
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    claims: s3Claims(new S3Client(), () => variable('bucket')),
    now: () => new Date(),
  };
}
