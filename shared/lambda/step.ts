import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { InvalidInputError } from '../pipeline/errors.ts';
import { logger, metrics } from './logger.ts';

/** A handler as the Lambda runtime calls it. */
export type LambdaHandler<Output> = (event: unknown, context: Context) => Promise<Output>;

/**
 * The stack that every Lambda runs on: the log carries the request, metrics are written out however it ends, and the
 * input is checked before any of our code sees it. Errors pass through by their names, which the state machine goes by,
 * and no longer than a state machine can hold.
 */
export function step<Schema extends z.ZodType>(schema: Schema) {
  return {
    handler: <Output>(run: (input: z.output<Schema>) => Promise<Output>): LambdaHandler<Output> => {
      const stack = middy<unknown, Output>()
        .use(logContext())
        .use(publishMetrics())
        .handler(async (event: unknown) => run(validInput(schema, event)));
      return async (event, context) => stack(event, context).catch(throwBounded);
    },
  };
}

/**
 * An execution's state holds 256 KiB (Step Functions developer guide, "Quotas"), and the failures of as many regions as
 * AWS has may be in it at once, each with its text twice: as the message, and at the head of the trace.
 */
const LONGEST_MESSAGE = 600;
const LONGEST_TRACE = 800;

function throwBounded(error: unknown): never {
  if (error instanceof Error && error.message.length > LONGEST_MESSAGE) {
    error.message = error.message.slice(0, LONGEST_MESSAGE);
    if (error.stack !== undefined) error.stack = error.stack.slice(0, LONGEST_TRACE);
  }
  throw error;
}

function logContext(): MiddlewareObj<unknown, unknown> {
  return {
    before: ({ context }) => {
      logger.addContext(context);
    },
    onError: ({ error }) => {
      if (error) logger.error('The step failed', error);
    },
  };
}

function publishMetrics(): MiddlewareObj<unknown, unknown> {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}

/** Says where the input is wrong and never what it holds. */
function validInput<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path, code }) => `/${path.join('/')} (${code})`);
  throw new InvalidInputError(`The input does not have its form at ${places.slice(0, 5).join(', ')}.`);
}
