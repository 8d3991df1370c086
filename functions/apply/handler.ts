import * as z from 'zod';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { writtenClusters } from '../../shared/lambda/written-clusters.ts';
import { type Applied, type ApplyPorts, applyPlan } from '../../shared/pipeline/repair/apply.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';

const Input = z.strictObject({ digest: digestSchema });

/** Applies a plan that is kept. */
export const createHandler = (ports: ApplyPorts): LambdaHandler<Applied> =>
  step(Input).handler(({ digest }) => applyPlan(ports)(digest));

const config = deployedConfig();

export const handler = createHandler(deployedRepair(config, writtenClusters(config)));
