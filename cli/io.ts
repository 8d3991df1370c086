/** What a command sees of the world around it: handed in, so that tests run commands in the process. */
export interface Io {
  /** The document that was asked for, and nothing else. */
  readonly out: (text: string) => void;
  /** Errors, notes and progress. */
  readonly err: (text: string) => void;
  readonly stdin: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Columns of the terminal that stdout is, or null when it is none. */
  readonly columns: number | null;
  /** True when stderr is a terminal: only then is progress drawn. */
  readonly progress: boolean;
  readonly colours: boolean;
  readonly now: () => Date;
}

/** The process's own streams. `NO_COLOR` (any value) turns colours off, `FORCE_COLOR` on; see no-color.org. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    stdin: readStdin,
    env,
    cwd: process.cwd(),
    columns: stdout.isTTY ? stdout.columns : null,
    progress: stderr.isTTY === true && env['CI'] === undefined,
    colours: !env['NO_COLOR'] && (forced || (stdout.isTTY === true && env['TERM'] !== 'dumb')),
    now: () => new Date(),
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
