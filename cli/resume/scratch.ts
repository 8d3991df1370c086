import { randomUUID } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spill } from '../../shared/audit/parts/sorted-runs.ts';

/** A folder for one run, for the user alone: what memory should not hold. It is made when it is first needed. */
export interface Scratch {
  readonly write: (name: string, bytes: Buffer) => Promise<void>;
  readonly read: (name: string) => Promise<Buffer>;
  readonly spill: Spill;
  /** Removes it with everything in it. */
  readonly remove: () => void;
}

/** Lines are written so many characters at a time. */
const CHUNK = 256 * 1024;

/** `path`: where it is to be; without one, in the folder for temporary files. */
export function scratchAt(path: () => string | null): Scratch {
  let made: Promise<string> | null = null;
  let known: string | null = null;
  const folder = (): Promise<string> => {
    made ??= make(path()).then((found) => {
      known = found;
      return found;
    });
    return made;
  };
  return {
    write: async (name, bytes) => writeFile(join(await folder(), name), bytes, { mode: 0o600 }),
    read: async (name) => readFile(join(await folder(), name)),
    spill: async (lines) => {
      const file = join(await folder(), `${randomUUID()}.ndjson`);
      await writeLines(file, lines);
      return () => linesOf(file);
    },
    remove: () => {
      if (known !== null) rmSync(known, { recursive: true, force: true });
    },
  };
}

async function make(path: string | null): Promise<string> {
  if (path === null) return mkdtemp(join(tmpdir(), 'podtrust-'));
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < CHUNK) continue;
      await handle.write(text);
      text = '';
    }
    await handle.write(text);
  } finally {
    await handle.close();
  }
}

/** Ended by line feeds alone: texts in JSON have other ends of lines in them. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
