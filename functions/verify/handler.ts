import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { accountCollector } from '../../shared/aws/pipeline/collector.ts';
import { chosenClusters } from '../../shared/lambda/chosen-clusters.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { readingPorts } from '../../shared/lambda/reading-ports.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { writtenClusters } from '../../shared/lambda/written-clusters.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type VerifyPorts, verifyPlan } from '../../shared/pipeline/repair/verify.ts';

const Input = z.strictObject({ digest: digestSchema });

/** Looks whether a plan that was applied did what it was for. */
export const createHandler = (ports: VerifyPorts): LambdaHandler<{ readonly verified: true }> =>
  step(Input).handler(({ digest }) => verifyPlan(ports)(digest));

const config = deployedConfig();
const reading = readingPorts();

export const handler = createHandler({
  ...deployedRepair(config, writtenClusters(config)),
  collector: accountCollector(reading.clients, reading.now, chosenClusters(reading.now)),
  claims: reading.claims,
  observed: {
    store: dynamodbEvidence(new DynamoDBClient(), () => variable('tableName')),
    keepsSessions,
    keepsAccessDenied,
  },
  config,
  hash: sha256,
  now: reading.now,
});
