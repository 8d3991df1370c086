import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { tableRelations } from '../../shared/aws/pipeline/relations.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type AssemblePorts, assemble } from '../../shared/pipeline/scan/assemble.ts';
import { accountId, regionName, scanIdSchema } from '../../shared/pipeline/scan/scan.ts';
import { stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const account = { scan: scanIdSchema, account: accountId };
const Input = z.union([
  z.strictObject({
    ...account,
    regions: z.array(
      z.union([
        z.strictObject({ region: regionName }),
        z.strictObject({ region: regionName, failure: stepFailureSchema }),
      ]),
    ),
  }),
  z.strictObject({ ...account, failure: stepFailureSchema }),
]);

/** Puts together what was read of an account, or records that it was not read. */
export const createHandler = (ports: AssemblePorts): LambdaHandler<void> =>
  step(Input).handler((input) => assemble(ports)(input));

const dynamodb = new DynamoDBClient();
const tableName = () => variable('tableName');

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  history: tableHistory(dynamodb, tableName, pause),
  relations: tableRelations(dynamodb, tableName, sha256, () => new Date()),
  evidence: dynamodbEvidence(dynamodb, tableName),
  telemetry: logTelemetry,
  bindings: deployedConfig().bindings,
  hash: sha256,
});
