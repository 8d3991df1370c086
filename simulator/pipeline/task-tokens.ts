import type { Callbacks } from '../../shared/pipeline/repair/repair.ts';
import type { TaskTokens } from './interpreter.ts';

/** Task tokens in this process: who waits for which, and what they are told. */
export interface Tokens extends TaskTokens, Callbacks {
  /** Resolves when somebody begins to wait who did not before. */
  readonly nextWait: () => Promise<void>;
  /** What Step Functions does when the time of a task is over. */
  readonly expire: (token: string) => void;
  readonly waiting: () => readonly string[];
}

interface Waiter {
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** The name by which a state machine catches the end of a task's time. */
class TimeoutError extends Error {
  override readonly name = 'States.Timeout';
}

export function taskTokens(): Tokens {
  const waiters = new Map<string, Waiter>();
  /** Decided before the task waits: the handler that asks may be told at once. */
  const early = new Map<string, unknown>();
  const heard: (() => void)[] = [];
  /** Nobody waits for these any more. */
  const over = new Set<string>();
  const handedOut = new Map<string, number>();
  return {
    fresh: (token) => {
      const times = (handedOut.get(token) ?? 0) + 1;
      handedOut.set(token, times);
      return times === 1 ? token : `${token}, ${times}`;
    },
    wait: (token) =>
      new Promise((succeed, fail) => {
        if (early.has(token)) return succeed(early.get(token));
        waiters.set(token, { succeed, fail });
        for (const hear of heard.splice(0)) hear();
      }),
    nextWait: () => new Promise((resolve) => heard.push(resolve)),
    decided: async (token, verdict) => {
      if (over.has(token)) return false;
      const waiter = waiters.get(token);
      waiters.delete(token);
      if (waiter === undefined) early.set(token, { verdict });
      else {
        over.add(token);
        waiter.succeed({ verdict });
      }
      return true;
    },
    expire: (token) => {
      const waiter = waiters.get(token);
      waiters.delete(token);
      over.add(token);
      waiter?.fail(new TimeoutError('Nobody decided in time.'));
    },
    waiting: () => [...waiters.keys()],
  };
}
