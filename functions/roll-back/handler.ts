import * as z from 'zod';
import { deployedObjects } from '../../shared/kube/changes/deployed-objects.ts';
import { deployedConfig } from '../../shared/lambda/deployed-config.ts';
import { deployedRepair } from '../../shared/lambda/repair-ports.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import type { ApplyPorts } from '../../shared/pipeline/repair/apply.ts';
import { digestSchema } from '../../shared/pipeline/repair/repair.ts';
import { type RolledBack, rollBackPlan } from '../../shared/pipeline/repair/roll-back.ts';
import { failureReason, stepFailureSchema } from '../../shared/pipeline/step-failure.ts';

const Input = z.strictObject({ digest: digestSchema, failure: stepFailureSchema });

/** Takes back what a plan wrote. */
export const createHandler = (ports: ApplyPorts): LambdaHandler<RolledBack> =>
  step(Input).handler(({ digest, failure }) => rollBackPlan(ports)(digest, failureReason(failure)));

const config = deployedConfig();

/** Bundling says whether clusters are written; where none is, it leaves out the Kubernetes client. */
const objects =
  process.env['PODTRUST_CLUSTER_WRITES'] === undefined
    ? undefined
    : deployedObjects(config.fixes ?? { kubernetes: [] }, () => new Date());

export const handler = createHandler(deployedRepair(config, objects));
