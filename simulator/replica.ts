import type { Clock } from './clock.ts';

/** State of an eventually consistent service: writes go to `live`, reads see it some seconds later. */
export interface Replica<T> {
  readonly live: T;
  readonly visible: () => T;
  /** Tells that `live` was written. */
  readonly changed: () => void;
}

/** Wraps plain data (no functions in it); with a delay of 0 reads see every write at once. */
export function createReplica<T>(live: T, clock: Clock, delaySeconds: number): Replica<T> {
  if (delaySeconds <= 0) return { live, visible: () => live, changed: () => undefined };
  let visible = structuredClone(live);
  return {
    live,
    visible: () => visible,
    changed: () => {
      const written = structuredClone(live);
      clock.after(delaySeconds, () => {
        visible = written;
      });
    },
  };
}
