import type { Fault } from '../../simulator/faults.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import type { Calls, How } from './hub/calls.ts';

/** How a call of a simulated service fails; a process that dies there sees nothing any more. */
function simulated(how: How, calls: Calls): Fault {
  switch (how) {
    case 'timeout':
    case 'denied':
    case 'throttled':
    case 'server-error':
      return { kind: how };
    case 'lost-answer':
      return { kind: 'timeout', applied: true };
    case 'partial-page':
      return { kind: 'partial-page' };
    case 'garbage':
      return { kind: 'error', error: new SyntaxError('Unexpected token < in JSON at position 0') };
    case 'conflict':
    case 'gone':
    case 'unauthorized':
    case 'cut-page':
      throw new Error(`No simulated service fails by ${how}.`);
    case 'crash-before':
    case 'crash-after':
      void calls.crash();
      return { kind: 'timeout', applied: how === 'crash-after' };
  }
}

/** Lets the calls that handlers make of simulated services be struck; those of a dead process never arrive. */
export function strikeSimulation({ faults }: Simulation, calls: Calls): void {
  const { strike } = faults;
  Object.assign(faults, {
    strike: (target: Parameters<typeof strike>[0]): Fault | null => {
      if (calls.isDead()) return { kind: 'timeout' };
      const how = calls.strike(target.action);
      return how === null ? strike(target) : simulated(how, calls);
    },
  });
}
