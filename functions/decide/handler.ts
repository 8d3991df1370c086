import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { partitionOfRegion } from '../../shared/aws/partitions.ts';
import { taskCallbacks } from '../../shared/aws/repairs/callbacks.ts';
import { decisionText, readCallerProof } from '../../shared/aws/repairs/caller-proof.ts';
import type { Approver } from '../../shared/changes/guards/approval.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRecords, ownRolesOf } from '../../shared/lambda/repair-records.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type Decided, type DecidePorts, decide } from '../../shared/pipeline/repair/decide.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';

const Input = z.strictObject({
  digest: digestSchema,
  verdict: z.enum(['approved', 'rejected']),
  reason: z.string().max(1000).optional(),
  proof: z.string().min(1).max(8192),
});

interface Ports extends DecidePorts {
  /** Who made a proof of a decision. Throws NotAnApproverError. */
  readonly callerOf: (proof: string, decision: string) => Promise<Approver>;
}

/** Records a decision of whoever AWS says it is: an invocation does not tell who invokes. */
export const createHandler = (ports: Ports): LambdaHandler<Decided> =>
  step(Input).handler(async ({ proof, ...decision }) => {
    const by = await ports.callerOf(proof, decisionText(decision.digest, decision.verdict));
    return decide(ports)(decision, by);
  });

const config = deployedConfig();
const now = () => new Date();
const { AWS_REGION: region = '', AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL } = process.env;

export const handler = createHandler({
  ...deployedRecords(new DynamoDBClient()),
  callbacks: taskCallbacks(new SFNClient()),
  ownRoles: ownRolesOf(config),
  now,
  callerOf: (proof, decision) => {
    const partition = partitionOfRegion(region).name;
    const place = { region, partition, endpoint: AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL };
    return readCallerProof(proof, place, decision, { fetch, now: now() });
  },
});
