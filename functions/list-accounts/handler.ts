import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { organizationListing, ownAccount } from '../../shared/aws/pipeline/scan-organization.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type ListOutput, type ListPorts, listAccounts } from '../../shared/pipeline/scan/list-accounts.ts';

const Input = z.strictObject({ execution: z.string().min(1).max(100), startedAt: z.iso.datetime() });

/** Says which accounts are scanned. */
export const createHandler = (ports: ListPorts): LambdaHandler<ListOutput> =>
  step(Input).handler(({ execution, startedAt }) => listAccounts(ports)(execution, new Date(startedAt)));

const config = deployedConfig();
const organizations = new OrganizationsClient({ retryMode: 'adaptive', maxAttempts: 10 });
const sts = new STSClient();

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  ownAccount: ownAccount(sts),
  organization: organizationListing(organizations),
  deployment: config.deployment,
  clusterless: config.organization.clusterless,
  telemetry: logTelemetry,
});
