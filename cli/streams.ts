import { EXIT, type ExitCode } from './exit-codes.ts';
import { causeOf } from './files.ts';

interface Streams {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter & { readonly write: (text: string) => unknown };
}

/**
 * Hears when stdout or stderr cannot be written, which would end the process with the exit code of findings. A reader that
 * closes early (`podtrust audit | head`) is no error; that stdout took not everything is said once, and `failed` is told;
 * without stderr there is nobody to tell.
 */
export function watchStreams({ stdout, stderr }: Streams, failed: (code: ExitCode) => void): void {
  let told = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || told) return;
    told = true;
    failed(EXIT.internal);
    stderr.write(`podtrust: stdout cannot be written: ${causeOf(error)}. What it holds is not whole.\n`);
  });
  stderr.on('error', () => undefined);
}

/** Runs a command in the process: its exit code is that of `run`, unless stdout could not be written. */
export async function runInProcess(run: () => Promise<number>): Promise<void> {
  let broken: ExitCode | null = null;
  watchStreams(process, (code) => {
    broken = code;
    process.exitCode = code;
  });
  const code = await run();
  process.exitCode = broken ?? code;
}
