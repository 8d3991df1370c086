import { AsyncLocalStorage } from 'node:async_hooks';
import type { LambdaHandler } from '../../../shared/lambda/step.ts';

/**
 * What becomes of a call of a handler. `lost-answer`: it took effect, and the caller sees a timeout. `crash-*`: the
 * caller's process dies there, and nothing of it goes on. `conflict`: somebody else writes the same. `gone`: what is asked
 * for is not there. `garbage`: the answer is none. Of an API server: `unauthorized` does not know the caller, `cut-page`
 * breaks off in mid-answer.
 */
export type How =
  | 'denied'
  | 'throttled'
  | 'server-error'
  | 'timeout'
  | 'lost-answer'
  | 'partial-page'
  | 'conflict'
  | 'gone'
  | 'garbage'
  | 'unauthorized'
  | 'cut-page'
  | 'crash-before'
  | 'crash-after';

/** A call of a handler by its names, `evaluate dynamodb:Query`. `times` counts how often it strikes, from the `from`th on. */
export interface CallFault {
  readonly call: string;
  /** Several: in turn. */
  readonly how: How | readonly How[];
  readonly from: number;
  readonly times: number;
}

interface Invocation {
  readonly name: string;
  readonly die: () => void;
  dead: boolean;
}

/** The calls of AWS that handlers make: counted, and struck by a fault. */
export interface Calls {
  /** How often each call was made since the fault began. */
  readonly made: ReadonlyMap<string, number>;
  readonly struck: number;
  readonly begin: (fault: CallFault | null) => void;
  readonly around: (name: string, handler: LambdaHandler<unknown>) => LambdaHandler<unknown>;
  /** What happens to the call that is made now, by the handler that makes it. */
  readonly strike: (action: string) => How | null;
  /** The process that makes the call dies: its handler's caller hears of it, and it never hears anything again. */
  readonly crash: () => Promise<never>;
  /** Waits for ever when the process is dead that makes the call. */
  readonly alive: () => Promise<void>;
  readonly isDead: () => boolean;
  /** What a process makes once and keeps: made anew in each invocation, as in a function that starts cold. */
  readonly ofProcess: <T extends object>(make: () => T) => () => T;
}

/** A Lambda's process died. */
export class KilledError extends Error {
  override readonly name = 'Runtime.ExitError';
}

const never = new Promise<never>(() => {});

export function createCalls(): Calls {
  const invocations = new AsyncLocalStorage<Invocation>();
  const made = new Map<string, number>();
  let fault: CallFault | null = null;
  let struck = 0;
  return {
    made,
    get struck() {
      return struck;
    },
    begin: (next) => {
      fault = next;
      struck = 0;
      made.clear();
    },
    around: (name, handler) => (event, context) =>
      new Promise((resolve, reject) => {
        const invocation: Invocation = { name, dead: false, die: () => reject(new KilledError(name)) };
        invocations.run(invocation, () => handler(event, context).then(resolve, reject));
      }),
    strike: (action) => {
      const name = invocations.getStore()?.name;
      if (name === undefined) return null;
      const call = `${name} ${action}`;
      const count = (made.get(call) ?? 0) + 1;
      made.set(call, count);
      if (fault?.call !== call || count < fault.from || struck >= fault.times) return null;
      const hows = [fault.how].flat();
      const how = hows[struck % hows.length] ?? null;
      struck += 1;
      return how;
    },
    crash: () => {
      const invocation = invocations.getStore();
      if (invocation !== undefined) {
        invocation.dead = true;
        invocation.die();
      }
      return never;
    },
    alive: () => (invocations.getStore()?.dead === true ? never : Promise.resolve()),
    isDead: () => invocations.getStore()?.dead === true,
    ofProcess: (make) => {
      const known = new WeakMap<Invocation, ReturnType<typeof make>>();
      return () => {
        const invocation = invocations.getStore();
        if (invocation === undefined) return make();
        const made = known.get(invocation) ?? make();
        known.set(invocation, made);
        return made;
      };
    },
  };
}
