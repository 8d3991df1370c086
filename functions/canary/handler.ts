import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { eventBus } from '../../shared/aws/pipeline/event-bus.ts';
import { variable } from '../../shared/lambda/environment.ts';
import { type LambdaHandler, step } from '../../shared/lambda/step.ts';
import { type CanaryPorts, sendCanary } from '../../shared/pipeline/canary.ts';

const Input = z.strictObject({});

/** Puts an event on the bus that has to arrive at triage. */
export const createHandler = (ports: CanaryPorts): LambdaHandler<void> =>
  step(Input).handler(() => sendCanary(ports)());

export const handler = createHandler({
  bus: eventBus(new EventBridgeClient(), () => variable('bus')),
  now: () => new Date(),
});
