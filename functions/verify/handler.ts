import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ALL_CLIENTS } from '../../shared/aws/clients.ts';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { accountCollector, lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { deployedObjects } from '../../shared/kube/changes/deployed-objects.ts';
import { deployedReader } from '../../shared/kube/deployed-reader.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type VerifyPorts, verifyPlan } from '../../shared/pipeline/repair/verify.ts';

const Input = z.strictObject({ digest: digestSchema });

/** Looks whether a plan that was applied did what it was for. */
export const createHandler = (ports: VerifyPorts): LambdaHandler<{ readonly verified: true }> =>
  step(Input).handler(({ digest }) => verifyPlan(ports)(digest));

const config = deployedConfig();
const now = () => new Date();

/** Bundling writes the chosen clusters here; where there are none, it leaves out the Kubernetes client. */
const kubernetes =
  process.env['PODTRUST_KUBERNETES'] === undefined
    ? undefined
    : deployedReader(process.env['PODTRUST_KUBERNETES'], now);

/** Bundling says whether clusters are written; where none is, it leaves out the Kubernetes client. */
const objects =
  process.env['PODTRUST_CLUSTER_WRITES'] === undefined
    ? undefined
    : deployedObjects(config.fixes ?? { kubernetes: [] }, now);

export const handler = createHandler({
  ...deployedRepair(config, objects),
  collector: accountCollector(
    lambdaClients(
      ALL_CLIENTS,
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    now,
    kubernetes,
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  observed: {
    store: dynamodbEvidence(new DynamoDBClient(), () => variable('tableName')),
    keepsSessions,
    keepsAccessDenied,
  },
  config,
  hash: sha256,
  now,
});
