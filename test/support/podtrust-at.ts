import { processIo } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';

/** The command as a process of its own, on a clock that stands at `PODTRUST_TEST_NOW`. */
const now = new Date(process.env['PODTRUST_TEST_NOW'] ?? '');
process.exitCode = await run(process.argv.slice(2), { ...processIo(), now: () => now });
