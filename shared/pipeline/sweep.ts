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

/** Makes good what the other parts left undone: executions that died, and transitions that nobody heard of. */
export function sweep(ports: SweepPorts) {
  return async (options: LeftOverOptions = {}): Promise<Swept> => {
    const resumed = await resumeLanes(ports)();
    return { resumed, ...(await publishLeftOver(ports)(options)) };
  };
}
