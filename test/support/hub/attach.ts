import type { Calls } from './calls.ts';
import { failureOf } from './failures.ts';
import { garbled } from './garbled.ts';

/** Nobody reads signatures here. */
const signer = { sign: async <T>(request: T): Promise<T> => request };

/** Of clients that are answered in this process; one attempt a call, for a fault to be seen as itself. */
export const CONFIG = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  maxAttempts: 1,
  signer,
};

/** What a service answers; a part of it where `partial`. */
type Answer = (operation: string, input: object, partial: boolean) => object | Promise<object>;

interface Client {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/** Lets a client be answered here, each attempt after it was struck; `of`: what tells its calls from others of their names. */
export function attach<C extends Client>(
  client: C,
  prefix: string,
  answer: Answer,
  calls: Calls,
  of = '',
): C {
  const middleware =
    (_next: unknown, { commandName = '' }: { readonly commandName?: string }) =>
    async ({ input }: { readonly input: object }) => {
      await calls.alive();
      const operation = commandName.replace(/Command$/, '');
      const how = calls.strike(`${prefix}:${operation}${of}`);
      if (how === 'crash-before') return calls.crash();
      const failure = how === null ? null : failureOf(prefix, how);
      if (failure !== null) throw failure;
      const output = await answer(operation, input, how === 'partial-page');
      if (how === 'crash-after') return calls.crash();
      if (how === 'lost-answer') throw failureOf(prefix, 'timeout');
      const told = how === 'garbage' ? garbled(output) : output;
      return { output: { ...told, $metadata: { httpStatusCode: 200 } }, response: {} };
    };
  client.middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'high' } as never);
  return client;
}
