import { CommanderError } from 'commander';
import { exitCodeOf, isForPeople } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { plain } from './output/plain.ts';
import { createProgram } from './program.ts';

/** Runs one command line and answers its exit code; the only place where errors become words on stderr. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(io, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    io.err(`podtrust: ${sentence(error)}\n`);
    if (io.env['PODTRUST_DEBUG'] && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
    return exitCodeOf(error);
  }
}

function sentence(error: unknown): string {
  const text = plain(error instanceof Error ? error.message : String(error), 2000);
  return isForPeople(error) ? text : `unexpected error: ${text} (PODTRUST_DEBUG=1 shows where)`;
}
