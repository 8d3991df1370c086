import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, with streams that are strings. */
export async function runCli(
  argv: readonly string[],
  world: Partial<Io> & { input?: string } = {},
): Promise<CliResult> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => world.input ?? '',
    env: {},
    cwd: process.cwd(),
    columns: null,
    progress: false,
    colours: false,
    now: () => new Date('2026-11-22T12:00:00Z'),
    ...world,
  };
  const code = await run(argv, io);
  return { code, out, err };
}
