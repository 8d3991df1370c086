import { AsyncLocalStorage } from 'node:async_hooks';
import type { World } from '../../shared/changes/applying.ts';
import type { Records } from '../../shared/changes/repairs/records.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';

export type How = 'before' | 'after' | 'refused';

/** The process of one invocation, until it dies. */
interface Invocation {
  readonly name: string;
  dead: boolean;
  readonly die: (error: Error) => void;
}

/** A call of an invocation to the world around it. */
interface SeenCall {
  readonly step: string;
  readonly call: string;
}

/**
 * Lets the process of one step die before or after one of its calls, or lets that call fail. After its death nothing of
 * an invocation happens any more, not even in its error handling; the next invocation is a new process.
 */
export function crashing(at: { readonly call: number; readonly how: How } | null) {
  const invocations = new AsyncLocalStorage<Invocation>();
  const seen: SeenCall[] = [];
  let armed = at;

  async function call<T>(name: string, act: () => Promise<T>): Promise<T> {
    const invocation = invocations.getStore();
    if (invocation === undefined) return act();
    if (invocation.dead) return new Promise<T>(() => undefined);
    const index = seen.length;
    seen.push({ step: invocation.name, call: name });
    const how = armed !== null && index === armed.call ? armed.how : null;
    if (how !== null) armed = null;
    if (how === 'refused') throw new Error(`${name} was refused`);
    if (how === 'before') return die(invocation);
    const result = await act();
    if (how === 'after') return die(invocation);
    return invocation.dead ? new Promise<T>(() => undefined) : result;
  }

  function die<T>(invocation: Invocation): Promise<T> {
    invocation.dead = true;
    invocation.die(Object.assign(new Error('The process ended.'), { name: 'Lambda.Unknown' }));
    return new Promise<T>(() => undefined);
  }

  return {
    seen,
    around: (name: string, handler: LambdaHandler<unknown>): LambdaHandler<unknown> => {
      return (event, context) =>
        new Promise((resolve, reject) => {
          const invocation: Invocation = { name, dead: false, die: reject };
          void invocations.run(invocation, () => handler(event, context)).then(resolve, reject);
        });
    },
    world: (world: World): World => ({
      read: (change) => call('read', () => world.read(change)),
      write: (change, request) => call('write', () => world.write(change, request)),
      writeAnyway: (change, request) => call('write', () => world.writeAnyway(change, request)),
    }),
    // A process that dies at a read dies as after the write before it.
    records: (records: Records): Records => ({
      ...records,
      write: (part, sort, body, version) =>
        call(`keep ${part.replace(/#.*/, '')} ${sort}`, () => records.write(part, sort, body, version)),
    }),
  };
}
