import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../shared/aws/findings/waiver-table.ts';
import { cloudtrailCauses } from '../../shared/aws/pipeline/cause-finder.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { lambdaClients } from '../../shared/aws/pipeline/collector.ts';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { tableScanStates } from '../../shared/aws/pipeline/scan-states.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { optionalVariable, variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { joinedAccountSchema } from '../../shared/pipeline/scan/join.ts';
import { type JudgeAccountPorts, judgeAccount } from '../../shared/pipeline/scan/judge-account.ts';
import type { Judged } from '../../shared/pipeline/scan/judged.ts';
import { scanIdSchema } from '../../shared/pipeline/scan/scan.ts';

const Input = z.strictObject({ scan: scanIdSchema, joined: joinedAccountSchema });

/** Judges an account with those that it hangs on, and records what is new, changed or gone. */
export const createHandler = (ports: JudgeAccountPorts): LambdaHandler<Pick<Judged, 'outcome'>> =>
  step(Input).handler(async ({ scan, joined }) => {
    const { outcome } = await judgeAccount(ports)(scan, joined);
    return { outcome };
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
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
  states: tableScanStates(dynamodb, tableName),
  telemetry: logTelemetry,
  config: deployedConfig(),
  version: manifest.version,
  hash: sha256,
  now,
  pause,
});
