import * as z from 'zod';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { writtenClusters } from '../../shared/lambda/written-clusters.ts';
import type { ApplyPorts } from '../../shared/pipeline/repair/apply.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type RolledBack, rollBackPlan } from '../../shared/pipeline/repair/roll-back.ts';
import { failureReason, stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const Input = z.strictObject({ digest: digestSchema, failure: stepFailureSchema });

/** Takes back what a plan wrote. */
export const createHandler = (ports: ApplyPorts): LambdaHandler<RolledBack> =>
  step(Input).handler(({ digest, failure }) => rollBackPlan(ports)(digest, failureReason(failure)));

const config = deployedConfig();

export const handler = createHandler(deployedRepair(config, writtenClusters(config)));
