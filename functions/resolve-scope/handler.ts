import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { tableRelations } from '../../shared/aws/pipeline/relations.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { turnSchema } from '../../shared/pipeline/lane.ts';
import { type Resolved, type ResolvePorts, resolveScope } from '../../shared/pipeline/resolve-scope.ts';

const Input = z.strictObject({ turn: turnSchema, requests: z.string(), snapshot: z.string() });

/** Finds the other accounts that the verdicts hang on. */
export const createHandler = (ports: ResolvePorts): LambdaHandler<Resolved> =>
  step(Input).handler(({ turn, requests, snapshot }) => resolveScope(ports)(turn, requests, snapshot));

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  relations: tableRelations(
    new DynamoDBClient(),
    () => variable('tableName'),
    sha256,
    () => new Date(),
  ),
  telemetry: logTelemetry,
});
