import { StateMachine } from 'aws-local-stepfunctions';
import type { LambdaHandler } from '../../shared/lambda/step.ts';

export type TaskHandlers = Readonly<Record<string, LambdaHandler<unknown>>>;

/** How an execution ended. */
export type Ended =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: string; readonly cause: string };

/**
 * Runs an ASL file's definition in this process. `handlers` are by the name in the definition's substitutions
 * (`CollectFunctionArn`). Retries do not wait: `elapse` is called before each task, for a clock that stands still.
 */
export function createInterpreter(definition: string, handlers: TaskHandlers, elapse: () => void = () => {}) {
  const parsed: unknown = JSON.parse(definition);
  const tasks = taskStates(parsed);
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(
      tasks.map(({ state, substitution }) => {
        const handler = handlers[substitution];
        if (handler === undefined) throw new RangeError(`No handler for \${${substitution}}.`);
        return [
          state,
          (input: unknown) => {
            elapse();
            return invoke(handler, input);
          },
        ];
      }),
    ),
    retryIntervalOverrides: Object.fromEntries(tasks.map(({ state }) => [state, 0])),
  };
  const machine = new StateMachine(JSON.parse(withResources(definition)) as never);
  return async (name: string, input: unknown): Promise<Ended> => {
    const context = { Execution: { Name: name, Input: input } };
    try {
      const { result } = machine.run(input as never, { overrides, context } as never);
      return { status: 'succeeded', output: await result };
    } catch (error) {
      const { name: code, message } = error instanceof Error ? error : new Error(String(error));
      return { status: 'failed', error: code, cause: message };
    }
  };
}

/** The interpreter wants the ARN of a Lambda where the file has a name to be substituted; it never calls it. */
function withResources(definition: string): string {
  return definition.replace(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
}

/** Calls a handler as the Lambda service does: input and output are JSON. */
async function invoke(handler: LambdaHandler<unknown>, input: unknown): Promise<never> {
  const output = await handler(JSON.parse(JSON.stringify(input)), LAMBDA_CONTEXT);
  return JSON.parse(JSON.stringify(output ?? null)) as never;
}

/** The invocation's context; its names show up in the log alone. */
export const LAMBDA_CONTEXT = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'podtrust',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:podtrust',
  memoryLimitInMB: '1024',
  awsRequestId: 'local',
  logGroupName: 'local',
  logStreamName: 'local',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

interface TaskState {
  readonly state: string;
  readonly substitution: string;
}

function taskStates(definition: unknown): TaskState[] {
  const { States = {} } = definition as { States?: Record<string, { Type?: string; Resource?: string }> };
  return Object.entries(States).flatMap(([state, { Type, Resource = '' }]) => {
    const substitution = /^\$\{(\w+)\}$/.exec(Resource)?.[1];
    return Type === 'Task' && substitution !== undefined ? [{ state, substitution }] : [];
  });
}
