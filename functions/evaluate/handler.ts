import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../shared/aws/findings/waiver-table.ts';
import { cloudtrailCauses } from '../../shared/aws/pipeline/cause-finder.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { stateMachineRemediations } from '../../shared/aws/repairs/remediations.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Evaluated, type EvaluatePorts, evaluate } from '../../shared/pipeline/evaluate.ts';
import { turnSchema } from '../../shared/pipeline/lane.ts';
import { type StartPorts, startRepairs } from '../../shared/pipeline/repair/start.ts';
import { stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const account = z.string().regex(/^\d{12}$/);

const Collected = z.union([
  z.object({ account, key: z.string() }),
  z.object({ account, failure: stepFailureSchema }),
]);

const Input = z.strictObject({
  turn: turnSchema,
  requests: z.string(),
  own: Collected,
  others: z.array(Collected),
});

/** Judges what was collected, and records what is new, changed or gone. */
export const createHandler = (
  ports: EvaluatePorts & Pick<StartPorts, 'remediations'>,
): LambdaHandler<Evaluated> =>
  step(Input).handler(async ({ turn, requests, own, others }) => {
    const accounts = [own, ...others];
    const evaluated = await evaluate(ports)({ turn, requests, accounts });
    await startRepairs(ports)(accounts.filter((each) => 'key' in each));
    return evaluated;
  });

const dynamodb = new DynamoDBClient();
const tableName = () => variable('tableName');
const now = () => new Date();

export const handler = createHandler({
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  store: dynamodbStore(dynamodb, tableName),
  waivers: waiverTable(dynamodb, tableName, sha256),
  observed: { store: dynamodbEvidence(dynamodb, tableName), keepsSessions, keepsAccessDenied },
  history: tableHistory(dynamodb, tableName, pause),
  causeFinder: cloudtrailCauses(
    lambdaClients(
      { cloudtrail: (config) => new CloudTrailClient(config), sts: (config) => new STSClient(config) },
      () => variable('readRole'),
      () => optionalVariable('externalId'),
    ),
    { now, sleep },
  ),
  register: tableRegister(dynamodb, tableName, { hash: sha256, now, pause }),
  remediations: stateMachineRemediations(new SFNClient(), () => optionalVariable('remediateArn')),
  telemetry: logTelemetry,
  config: deployedConfig(),
  hash: sha256,
  now,
  pause,
});
