import * as z from 'zod';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type ExpirePorts, expirePlan } from '../../shared/pipeline/repair/expire.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';

const Input = z.strictObject({ digest: digestSchema });

/** Notes that a plan waited for its approval in vain. */
export const createHandler = (ports: ExpirePorts): LambdaHandler<{ readonly expired: boolean }> =>
  step(Input).handler(({ digest }) => expirePlan(ports)(digest));

export const handler = createHandler(deployedRepair(deployedConfig()));
