import { laneKey } from './lane.ts';
import type { BusyLane, ScopeRegister } from './register.ts';
import type { Evaluations } from './request-evaluations.ts';
import type { Telemetry } from './telemetry.ts';

export interface ResumePorts {
  readonly register: Pick<ScopeRegister, 'busy' | 'replace'>;
  readonly evaluations: Evaluations;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** So long a turn may be handed out before its execution is looked for: it is started a moment later. */
const PATIENCE_SECONDS = 120;
const LONGEST_PATIENCE_SECONDS = 6 * 3600;

/**
 * Goes on where an execution died before it settled (stopped by hand, out of time, its record of failure failed, too):
 * its lane gets another turn. Whoever dies again and again is tried ever more seldom. Returns how many were resumed.
 */
export function resumeLanes(ports: ResumePorts) {
  return async (): Promise<number> => {
    let resumed = 0;
    const unreadable = (error: Error): void => {
      ports.telemetry.note('The record of a lane cannot be read', { error });
      ports.telemetry.count('LanesStuck');
    };
    for await (const lane of ports.register.busy(unreadable)) {
      try {
        if (await resume(lane, ports)) resumed += 1;
      } catch (error) {
        ports.telemetry.note('A lane could not be resumed', { lane: laneKey(lane.turn.lane), error });
        ports.telemetry.count('LanesStuck');
      }
    }
    if (resumed > 0) ports.telemetry.count('LanesResumed', resumed);
    return resumed;
  };
}

async function resume({ turn, since, abandoned }: BusyLane, ports: ResumePorts): Promise<boolean> {
  const patience = Math.min(PATIENCE_SECONDS * 2 ** abandoned, LONGEST_PATIENCE_SECONDS);
  if (ports.now().getTime() - Date.parse(since) < patience * 1000) return false;
  if (await ports.evaluations.isRunning(turn)) return false;
  const next = await ports.register.replace(turn);
  if (next === null) return false;
  ports.telemetry.note('A turn ended without settling and was replaced', {
    turn: turn.name,
    next: next.name,
    abandoned: abandoned + 1,
  });
  await ports.evaluations.start(next);
  return true;
}
