import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EKSClient } from '@aws-sdk/client-eks';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { clusterStatus } from '../../shared/aws/pipeline/cluster-status.ts';
import { lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type BeginOutput, type BeginPorts, begin } from '../../shared/pipeline/begin.ts';
import { turnSchema } from '../../shared/pipeline/lane.ts';

const Input = z.strictObject({ turn: turnSchema });

/** Takes what a lane is asked for, once its cluster is there to be read. */
export const createHandler = (ports: BeginPorts): LambdaHandler<BeginOutput> =>
  step(Input).handler(({ turn }) => begin(ports)(turn));

const now = () => new Date();

export const handler = createHandler({
  register: tableRegister(new DynamoDBClient(), () => variable('tableName'), { hash: sha256, now, pause }),
  clusterStatus: clusterStatus(
    lambdaClients(
      { eks: (config) => new EKSClient(config), sts: (config) => new STSClient(config) },
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
  ),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  telemetry: logTelemetry,
  now,
});
