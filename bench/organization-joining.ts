import { parseArgs } from 'node:util';
import { type CommandResult, type JoiningResult, measureJoining } from './organization/joining.ts';

/**
 * Memory of the step that joins accounts, in a process that does nothing else. `--accounts N`: the scan joins so many,
 * 10,000 unless told; `--command N,N`: podtrust audit reads so many as it kept them, and judges them in parts.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '10000' },
    command: { type: 'string', default: '1000,10000' },
  },
});
const AIM_MEGABYTES = 512;

const sizes = values.command.split(',').map(Number);
const { scan, commands } = await measureJoining(Number(values.accounts), sizes);
const row = (what: string, { read, megabytes, emptyMegabytes, cpuSeconds }: JoiningResult): string =>
  [
    what.padEnd(36),
    `${read} accounts`.padEnd(16),
    `${megabytes.toFixed(0)} MB (empty ${emptyMegabytes.toFixed(0)} MB)`.padEnd(24),
    `${cpuSeconds.toFixed(1)} s CPU`.padEnd(12),
    `≤ ${AIM_MEGABYTES} MB: ${megabytes <= AIM_MEGABYTES ? 'met' : 'MISSED'}`,
  ].join('  ');
const more = ({ found, joinedMegabytes, joinedSeconds, heapMegabytes }: CommandResult): string =>
  `  ${found} findings; read at ${joinedMegabytes.toFixed(0)} MB and ${joinedSeconds.toFixed(1)} s; heap at most ${heapMegabytes.toFixed(0)} MB`;
console.log(row('the scan, over abstracts', scan));
for (const command of commands) {
  console.log(row('the command, judging in parts', command));
  console.log(more(command));
}
console.log(JSON.stringify({ scan, commands }));
