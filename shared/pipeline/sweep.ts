import {
  type LeftOver,
  type LeftOverOptions,
  type LeftOverPorts,
  publishLeftOver,
} from './publish-left-over.ts';
import { type ResumePorts, resumeLanes } from './resume-lanes.ts';

export type SweepPorts = ResumePorts & LeftOverPorts;

export interface Swept extends LeftOver {
  /** Lanes that go on after their execution died. */
  readonly resumed: number;
}

/**
 * Makes good what the other parts left undone: executions that died, and transitions that nobody heard of. Each is done
 * even if the other fails; throws what the first of them threw.
 */
export function sweep(ports: SweepPorts) {
  return async (options: LeftOverOptions = {}): Promise<Swept> => {
    const [lanes, leftOver] = await Promise.allSettled([
      resumeLanes(ports)(),
      publishLeftOver(ports)(options),
    ]);
    if (lanes.status === 'rejected') throw lanes.reason;
    if (leftOver.status === 'rejected') throw leftOver.reason;
    return { resumed: lanes.value, ...leftOver.value };
  };
}
