import { type ImportedOwed, importOwed, type OwedPorts } from './import-owed.ts';
import {
  type LeftOver,
  type LeftOverOptions,
  type LeftOverPorts,
  publishLeftOver,
} from './publish-left-over.ts';
import { type ResumePorts, resumeLanes } from './resume-lanes.ts';

export type SweepPorts = ResumePorts &
  LeftOverPorts & {
    /** Absent: findings are not imported into Security Hub. */
    readonly imports?: Pick<OwedPorts, 'owed' | 'securityHub' | 'place'> | undefined;
  };

export interface Swept extends LeftOver {
  /** Lanes that go on after their execution died. */
  readonly resumed: number;
  /** Absent: findings are not imported into Security Hub. */
  readonly securityHub?: ImportedOwed;
}

/**
 * Makes good what the other parts left undone: executions that died, transitions that nobody heard of, and findings
 * that Security Hub did not take. Each is done even if the others fail; throws what the first of them threw.
 */
export function sweep({ imports, ...ports }: SweepPorts) {
  return async (options: LeftOverOptions = {}): Promise<Swept> => {
    const [lanes, leftOver, owed] = await Promise.allSettled([
      resumeLanes(ports)(),
      publishLeftOver(ports)(options),
      imports === undefined
        ? undefined
        : importOwed({ ...imports, telemetry: ports.telemetry, now: ports.now })(),
    ]);
    if (lanes.status === 'rejected') throw lanes.reason;
    if (leftOver.status === 'rejected') throw leftOver.reason;
    if (owed.status === 'rejected') throw owed.reason;
    return {
      resumed: lanes.value,
      ...leftOver.value,
      ...(owed.value !== undefined && { securityHub: owed.value }),
    };
  };
}
