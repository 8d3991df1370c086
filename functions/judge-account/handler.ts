import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { tableScanStates } from '../../shared/aws/pipeline/scan-states.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { judgingPorts } from '../../shared/lambda/judging-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { joinedAccountSchema } from '../../shared/pipeline/scan/join.ts';
import { type JudgeAccountPorts, judgeAccount } from '../../shared/pipeline/scan/judge-account.ts';
import type { Judged } from '../../shared/pipeline/scan/judged.ts';
import { scanIdSchema } from '../../shared/pipeline/scan/scan.ts';

const Input = z.strictObject({ scan: scanIdSchema, joined: joinedAccountSchema });

/** Judges an account with those that it hangs on, and records what is new, changed or gone. */
export function createHandler(ports: JudgeAccountPorts): LambdaHandler<Pick<Judged, 'outcome'>> {
  const judge = judgeAccount(ports);
  return step(Input).handler(async ({ scan, joined }) => {
    const { outcome } = await judge(scan, joined);
    return { outcome };
  });
}

const dynamodb = new DynamoDBClient();

export const handler = createHandler({
  ...judgingPorts(dynamodb),
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
  states: tableScanStates(dynamodb, () => variable('tableName')),
  version: manifest.version,
});
