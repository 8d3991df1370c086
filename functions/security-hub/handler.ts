import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { owedTable } from '../../shared/aws/pipeline/owed-table.ts';
import { awsSecurityHub, placeOfProduct } from '../../shared/aws/pipeline/security-hub.ts';
import {
  type StreamResponse,
  streamEventSchema,
  streamResponse,
  transitionRecords,
} from '../../shared/aws/pipeline/transition-stream.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { logTelemetry } from '../../shared/lambda/logger.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type ImportPorts, importFindings } from '../../shared/pipeline/import-findings.ts';

/** Imports the findings behind the finding table's stream into Security Hub. */
export const createHandler = (ports: ImportPorts): LambdaHandler<StreamResponse> =>
  step(streamEventSchema).handler(async (batch) => {
    const { failed } = await importFindings(ports)(transitionRecords(batch));
    return streamResponse(failed);
  });

export const handler = createHandler({
  securityHub: awsSecurityHub(new SecurityHubClient()),
  place: () => placeOfProduct(variable('productArn')),
  owed: owedTable(new DynamoDBClient(), () => variable('tableName'), randomUUID),
  telemetry: logTelemetry,
});
