import { parseArgs } from 'node:util';
import { type JoiningResult, measureJoining } from './organization/joining.ts';

/**
 * Memory of the step that joins accounts, in a process that does nothing else. `--accounts N`: the scan joins so many,
 * 10,000 unless told; `--command N`: the command, 1,000 unless told.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '10000' },
    command: { type: 'string', default: '1000' },
  },
});
const AIM_MEGABYTES = 512;

const { scan, command } = await measureJoining(Number(values.accounts), Number(values.command));
const row = (what: string, { read, megabytes, emptyMegabytes, cpuSeconds }: JoiningResult): string =>
  [
    what.padEnd(44),
    `${read} accounts`.padEnd(16),
    `${megabytes.toFixed(0)} MB (empty ${emptyMegabytes.toFixed(0)} MB)`.padEnd(24),
    `${cpuSeconds.toFixed(1)} s CPU`.padEnd(12),
    `≤ ${AIM_MEGABYTES} MB: ${megabytes <= AIM_MEGABYTES ? 'met' : 'MISSED'}`,
  ].join('  ');
console.log(row('the scan, over abstracts', scan));
console.log(row('the command, over readings, to an estate', command));
console.log(JSON.stringify({ scan, command }));
