import type { Trouble } from './fault-stage.ts';
import type { CallFault, How } from './hub/calls.ts';

/** After these the API server is not asked for anything else: it is the connection that is missing. */
const NO_CONNECTION: readonly How[] = ['unauthorized', 'timeout', 'cut-page'];

/** Gaps of which every reading has one while a read of `collect` fails whenever it is made. */
export function gapsOf({ fault }: Trouble): readonly string[] {
  return lastingGap(fault ?? null, /^collect /);
}

/**
 * Gaps of which every reading has one while a read of some functions fails whenever it is made; none where nothing is
 * missing. Who may not ask who they are, or which version runs, may read all the same; a server that is slow to say who
 * asks is not asked for more.
 */
export function lastingGap(fault: CallFault | null, functions: RegExp): readonly string[] {
  if (fault === null || fault.times !== Number.POSITIVE_INFINITY || fault.how === 'partial-page') return [];
  if (!functions.test(fault.call)) return [];
  const read = /^\S+ ((?:account|cloudtrail|ec2|eks|iam|kubernetes|sts):.*)$/.exec(fault.call)?.[1];
  switch (read) {
    case undefined:
    case 'kubernetes:version':
      return [];
    case 'kubernetes:selfsubjectreviews':
      return [fault.how].flat().every((how) => NO_CONNECTION.includes(how)) ? ['kubernetes:connect'] : [];
    default:
      return read.startsWith('kubernetes:') && fault.how === 'timeout'
        ? [read, 'kubernetes:connect']
        : [read];
  }
}
