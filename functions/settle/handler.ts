import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { stateMachineEvaluations } from '../../shared/aws/pipeline/evaluations.ts';
import { tableRegister } from '../../shared/aws/pipeline/scope-register.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { turnSchema } from '../../shared/pipeline/lane.ts';
import { type Settled, type SettlePorts, settle } from '../../shared/pipeline/settle.ts';

const Input = z.strictObject({ turn: turnSchema, covering: z.number().int().nonnegative() });

/** Ends a turn, and starts the one that goes on. */
export const createHandler = (ports: SettlePorts): LambdaHandler<Settled> =>
  step(Input).handler(({ turn, covering }) => settle(ports)(turn, covering));

const now = () => new Date();

export const handler = createHandler({
  register: tableRegister(new DynamoDBClient(), () => variable('tableName'), { hash: sha256, now, pause }),
  evaluations: stateMachineEvaluations(new SFNClient(), () => variable('stateMachineArn')),
});
