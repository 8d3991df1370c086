import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { snsTopic } from '../aws/pipeline/topic.ts';
import { dynamodbRecords } from '../aws/repairs/dynamodb-records.ts';
import { repairStore } from '../changes/repairs/repair-store.ts';
import type { Config } from '../config/config.ts';
import type { StopPorts } from '../pipeline/repair/stop.ts';
import { variable } from './environment.ts';
import { sha256 } from './hash.ts';
import { logTelemetry } from './logger.ts';

/** Names of the roles that podtrust reads and writes accounts with. */
export function ownRolesOf({ fixes, deployment }: Config): readonly string[] {
  return [deployment.readRole.name, ...(fixes === undefined ? [] : [fixes.writeRole])];
}

/** Where repairs are kept and told, for functions that write no account. Makes no call by itself. */
export function deployedRecords(dynamodb: DynamoDBClient): StopPorts {
  return {
    store: repairStore({
      records: dynamodbRecords(dynamodb, () => variable('repairTable')),
      hash: sha256,
      now: () => new Date(),
    }),
    topic: snsTopic(new SNSClient(), () => variable('topicArn')),
    telemetry: logTelemetry,
  };
}
