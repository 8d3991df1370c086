import { constants as lengths } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
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
    return decoded(gzipped ? gunzipSync(bytes, { maxOutputLength: lengths.MAX_STRING_LENGTH }) : bytes);
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

/** The first of some files that is the same as another, by whatever name, link or not. */
export async function firstSame(
  file: string,
  others: readonly string[],
  io: Io,
): Promise<string | undefined> {
  const identity = async (name: string) => {
    const there = await stat(resolve(io.cwd, name), { bigint: true }).catch(() => null);
    return there === null ? null : `${there.dev} ${there.ino}`;
  };
  const own = await identity(file);
  if (own === null) return undefined;
  for (const other of others) if (other !== '-' && (await identity(other)) === own) return other;
  return undefined;
}

/**
 * Writes a file whole or not at all (a name beside it, then renamed); gzipped when it ends in .gz. What is there keeps its
 * rights; a link stays one, and what it points to is written. What is no file, as /dev/stdout, gets the bytes as they are.
 */
export async function writeText(file: string, text: string, io: Io): Promise<void> {
  const named = resolve(io.cwd, file);
  const bytes = named.endsWith('.gz') ? gzipSync(text) : text;
  let beside: string | undefined;
  try {
    await mkdir(dirname(named), { recursive: true });
    const target = await pointedTo(named);
    const there = await stat(target).catch(() => null);
    if (there !== null && !there.isFile()) {
      await writeFile(target, bytes);
      return;
    }
    if (there !== null) await requireWritable(target, there.mode);
    beside = resolve(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    await writeFile(beside, bytes, { mode: there === null ? 0o666 : there.mode & 0o7777 });
    if (there !== null) await likeBefore(beside, there);
    await rename(beside, target);
  } catch (error) {
    if (beside !== undefined) await rm(beside, { force: true }).catch(() => undefined);
    throw new UsageError(`"${file}" cannot be written: ${causeOf(error)}.`, { cause: error });
  }
}

/** Where links lead in the end, also where nothing is there yet. */
async function pointedTo(path: string, steps = 40): Promise<string> {
  const to = await readlink(path).catch(() => null);
  if (to === null) return path;
  if (steps === 0) throw new Error('its links go in a circle');
  return pointedTo(resolve(dirname(path), to), steps - 1);
}

/** A file that nobody may write is not replaced either, though the folder would let one, nor for root. */
async function requireWritable(path: string, mode: number): Promise<void> {
  if ((mode & 0o222) === 0) throw new Error('it is read-only');
  await access(path, constants.W_OK);
}

/** Rights and owner of what was there; only root can give a file to another. */
async function likeBefore(path: string, { mode, uid, gid }: Stats): Promise<void> {
  await chown(path, uid, gid).catch(() => undefined);
  await chmod(path, mode & 0o7777);
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
