import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import type { LambdaHandler } from '../../shared/lambda/step.ts';

export type TaskHandlers = Readonly<Record<string, LambdaHandler<unknown>>>;

/** How an execution ended. */
export type Ended =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: string; readonly cause: string };

/**
 * Runs an ASL file's definition in this process, tasks that wait for their token included. `handlers` are by the name
 * in the definition's substitutions (`CollectFunctionArn`). Retries and waiting states do not wait: `elapse` is called
 * before each task, for a clock that stands still.
 */
export function createInterpreter(
  definition: string,
  handlers: TaskHandlers,
  elapse: () => void = () => {},
  callbacks: TaskTokens | null = null,
) {
  const states = statesOf(JSON.parse(definition));
  const tasks = states.flatMap(({ name, substitution, waitsForToken }) =>
    substitution === undefined ? [] : [{ name, substitution, waitsForToken }],
  );
  const waits = states.filter(({ type }) => type === 'Wait').map(({ name }) => name);
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(
      tasks.map(({ name, substitution, waitsForToken }) => {
        const handler = handlers[substitution];
        if (handler === undefined) throw new RangeError(`No handler for \${${substitution}}.`);
        return [
          name,
          (input: unknown) => {
            elapse();
            return waitsForToken ? invokeAndWait(handler, input, callbacks) : invoke(handler, input);
          },
        ];
      }),
    ),
    waitTimeOverrides: Object.fromEntries(waits.map((name) => [name, 0])),
    retryIntervalOverrides: Object.fromEntries(tasks.map(({ name }) => [name, 0])),
  };
  const machine = new StateMachine(
    withoutLongTimers(JSON.parse(withResources(definition))) as never,
    { validationOptions: { checkArn: false, noValidate: validated.has(definition) } } as never,
  );
  validated.add(definition);
  return async (name: string, input: unknown): Promise<Ended> => {
    const context = {
      Execution: { Name: name, Id: executionArn(name), Input: input },
      Task: { Token: `token of ${name}` },
    };
    try {
      const { result } = machine.run(input as never, { overrides, context } as never);
      return { status: 'succeeded', output: await result };
    } catch (error) {
      const { name: code, message } = causeOf(error);
      return { status: 'failed', error: code, cause: message };
    }
  };
}

const executionArn = (name: string): string =>
  `arn:aws:states:us-east-1:000000000000:execution:podtrust:${name}`;

/** Definitions that the interpreter took: judging one by the schema of ASL takes longer than running it. */
const validated = new Set<string>();

/** The interpreter wants the ARN of a Lambda where the file has a name to be substituted; it never calls it. */
function withResources(definition: string): string {
  return definition.replace(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
}

/** What the interpreter wraps. */
function causeOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? error.cause : error;
}

/** Tasks that wait until somebody names their token. */
export interface TaskTokens {
  /** A token that nobody waited for: whoever waits again in the same execution gets another. */
  readonly fresh: (token: string) => string;
  /** Ends with what is handed over for a token. */
  readonly wait: (token: string) => Promise<unknown>;
}

const callbackInput = z.object({ Payload: z.looseObject({ taskToken: z.string() }) });

/** What `lambda:invoke.waitForTaskToken` does: the handler's answer counts for nothing, that of the token does. */
async function invokeAndWait(
  handler: LambdaHandler<unknown>,
  input: unknown,
  callbacks: TaskTokens | null,
): Promise<never> {
  const { Payload } = callbackInput.parse(input);
  if (callbacks === null) throw new RangeError('Nobody names task tokens to this interpreter.');
  const taskToken = callbacks.fresh(Payload.taskToken);
  await invoke(handler, { ...Payload, taskToken });
  return (await callbacks.wait(taskToken)) as never;
}

/** Node.js fires timers of more than 24 days at once; who waits here, waits for the simulation. */
function withoutLongTimers(definition: {
  readonly States: Record<string, object>;
  readonly TimeoutSeconds?: number;
}) {
  const { TimeoutSeconds = 0, States, ...rest } = definition;
  const short = Object.entries(States).map(([name, state]) => {
    const { TimeoutSecondsPath, ...others } = state as { readonly TimeoutSecondsPath?: string };
    return [name, TimeoutSecondsPath === undefined ? state : { ...others, TimeoutSeconds: LONGEST_SECONDS }];
  });
  return {
    ...rest,
    ...(TimeoutSeconds > 0 && { TimeoutSeconds: Math.min(TimeoutSeconds, LONGEST_SECONDS) }),
    States: Object.fromEntries(short),
  };
}

/** As long as a timer of Node.js can be. */
export const LONGEST_SECONDS = 2_000_000;

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

interface StateEntry {
  readonly name: string;
  readonly type: string;
  /** Name of the function of a task. */
  readonly substitution: string | undefined;
  readonly waitsForToken: boolean;
}

const machineSchema = z.object({
  States: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Resource: z.string().optional(),
      Parameters: z.looseObject({ FunctionName: z.string().optional() }).optional(),
      ItemProcessor: z.unknown().optional(),
      Branches: z.array(z.unknown()).optional(),
    }),
  ),
});

/** Every state of a definition, those inside of Map and Parallel states too. */
function statesOf(definition: unknown): readonly StateEntry[] {
  const { States } = machineSchema.parse(definition);
  return Object.entries(States).flatMap(
    ([name, { Type: type, Resource = '', Parameters, ItemProcessor, Branches = [] }]) => [
      {
        name,
        type,
        substitution: /^\$\{(\w+)\}$/.exec(Parameters?.FunctionName ?? Resource)?.[1],
        waitsForToken: Resource.endsWith('.waitForTaskToken'),
      },
      ...(ItemProcessor === undefined ? [] : statesOf(ItemProcessor)),
      ...Branches.flatMap(statesOf),
    ],
  );
}
