import { setTimeout as sleep } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { dynamodbEvidence } from '../aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../aws/findings/dynamodb-store.ts';
import { waiverTable } from '../aws/findings/waiver-table.ts';
import { cloudtrailCauses } from '../aws/pipeline/cause-finder.ts';
import { s3Claims } from '../aws/pipeline/claims.ts';
import { lambdaClients } from '../aws/pipeline/collector.ts';
import { tableHistory } from '../aws/pipeline/history.ts';
import { tableRegister } from '../aws/pipeline/scope-register.ts';
import { deployedConfig } from './deployed-config.ts';
import { optionalVariable, variable } from './environment.ts';
import { sha256 } from './hash.ts';
import { logTelemetry } from './logger.ts';
import { pause } from './pause.ts';
import { keepsAccessDenied, keepsSessions } from './session-accounts.ts';

/** What functions judge and record by, after an event or in a scan. */
export function judgingPorts(dynamodb: DynamoDBClient) {
  const tableName = () => variable('tableName');
  const now = () => new Date();
  return {
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
    telemetry: logTelemetry,
    config: deployedConfig(),
    hash: sha256,
    now,
    pause,
  };
}
