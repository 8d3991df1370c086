import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { stateMachineRemediations } from '../../shared/aws/repairs/remediations.ts';
import { optionalVariable } from '../../shared/lambda/environment.ts';
import { judgingPorts } from '../../shared/lambda/judging-ports.ts';
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

export const handler = createHandler({
  ...judgingPorts(new DynamoDBClient()),
  remediations: stateMachineRemediations(new SFNClient(), () => optionalVariable('remediateArn')),
});
