import { constants } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** Reads a text file, gzipped or not, or stdin for `-`. Throws UsageError that names file and cause. */
export async function readText(file: string, what: string, io: Io): Promise<string> {
  if (file === '-') return io.stdin();
  const bytes = await readFile(resolve(io.cwd, file)).catch((error: unknown) => {
    throw new UsageError(`${what} "${file}" cannot be read: ${causeOf(error)}. Check the path.`, {
      cause: error,
    });
  });
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    // A few kilobytes of gzip can be gigabytes of text.
    return decoded(gzipped ? gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH }) : bytes);
  } catch (error) {
    const how = gzipped ? 'looks gzipped but cannot be unpacked' : 'cannot be read';
    throw new UsageError(`${what} "${file}" ${how}: ${causeOf(error)}.`, { cause: error });
  }
}

/** UTF-8, or UTF-16 where it says so by its first two bytes: `>` of Windows PowerShell writes that. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  return isBigEndian
    ? new TextDecoder('utf-16be', { ignoreBOM: true }).decode(bytes)
    : bytes.toString('utf8');
}

/** True for a file that is written anew without a loss: `writeText` writes UTF-8. */
export async function isPlainText(file: string, text: string, io: Io): Promise<boolean> {
  return (await readFile(resolve(io.cwd, file))).equals(Buffer.from(text));
}

/** Writes a file whole or not at all (a name beside it, then renamed); gzipped when it ends in .gz. */
export async function writeText(file: string, text: string, io: Io): Promise<void> {
  const target = resolve(io.cwd, file);
  const beside = resolve(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(beside, target.endsWith('.gz') ? gzipSync(text) : text);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new UsageError(`"${file}" cannot be written: ${causeOf(error)}.`, { cause: error });
  }
}

/** What went wrong with a file, in a few words. */
export function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WORDS.get(code) ?? (error instanceof Error ? error.message : String(error));
}

const TOO_LARGE = 'it is larger than 512 MB, which is more than any file that podtrust writes or knows';

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EEXIST', 'a part of its path is a file'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is a file'],
  ['ENOSPC', 'the disk is full'],
  ['ERR_FS_FILE_TOO_LARGE', TOO_LARGE],
  ['ERR_STRING_TOO_LONG', TOO_LARGE],
  ['ERR_BUFFER_TOO_LARGE', TOO_LARGE],
]);
