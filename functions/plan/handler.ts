import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { accessAnalyzer } from '../../shared/aws/changes/second-opinion.ts';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { s3Claims } from '../../shared/aws/pipeline/claims.ts';
import { tableHistory } from '../../shared/aws/pipeline/history.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { keepsAccessDenied, keepsSessions } from '../../shared/lambda/session-accounts.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Planned, type PlanPorts, planRepair } from '../../shared/pipeline/repair/plan.ts';
import { repairSchema } from '../../shared/pipeline/repair/repair.ts';
import { autoEligibility } from '../../shared/plans/auto-eligibility.ts';
import { planFinding } from '../../shared/plans/plan-finding.ts';

const Input = z.strictObject({
  repair: repairSchema,
  /** How often the execution planned before. */
  tries: z.number().int().nonnegative().default(0),
});

/** Plans the repair of a finding. */
export const createHandler = (ports: PlanPorts): LambdaHandler<Planned> =>
  step(Input).handler(({ repair, tries }) => planRepair(ports)(repair, tries));

const config = deployedConfig();
const dynamodb = new DynamoDBClient();
const tableName = () => variable('tableName');

export const handler = createHandler({
  ...deployedRepair(config),
  claims: s3Claims(new S3Client(), () => variable('bucket')),
  history: tableHistory(dynamodb, tableName, pause),
  findings: dynamodbStore(dynamodb, tableName),
  observed: { store: dynamodbEvidence(dynamodb, tableName), keepsSessions, keepsAccessDenied },
  planner: { planFinding, autoEligibility },
  ...(config.fixes?.accessAnalyzer === true && {
    secondOpinion: accessAnalyzer(new AccessAnalyzerClient()),
  }),
  config,
  hash: sha256,
  now: () => new Date(),
});
