import { processIo } from './io.ts';
import { run } from './run.ts';
import { runInProcess } from './streams.ts';

await runInProcess(() => run(process.argv.slice(2), processIo()));
