import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { InvalidInputError } from '../pipeline/errors.ts';
import { logger, metrics } from './logger.ts';

/** A handler as the Lambda runtime calls it. */
export type LambdaHandler<Output> = (event: unknown, context: Context) => Promise<Output>;

/**
 * The stack that every Lambda runs on: the log carries the request, metrics are written out however it ends, and the
 * input is checked before any of our code sees it. Errors pass through unchanged, since the state machine goes by
 * their names.
 */
export function step<Schema extends z.ZodType>(schema: Schema) {
  return {
    handler: <Output>(run: (input: z.output<Schema>) => Promise<Output>): LambdaHandler<Output> => {
      const stack = middy<unknown, Output>()
        .use(logContext())
        .use(publishMetrics())
        .handler(async (event: unknown) => run(validInput(schema, event)));
      return async (event, context) => stack(event, context);
    },
  };
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
