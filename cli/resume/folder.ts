import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { causeOf } from '../files.ts';
import { ResumeFolderError } from './errors.ts';

/** Says that a folder is ours, and for what. */
const MARKER = 'podtrust-resume.json';
const SCRATCH = '.scratch';
const READING = /^(\d{12})\.json\.gz$/;
const UNFINISHED = /^\.\d{12}\.json\.gz\.[0-9a-f]{12}$/;
/** More than any kept reading has. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A folder with one file for each finished account. */
export interface ResumeFolder {
  /** Bytes that were kept of an account; null when there are none. Rejects when they cannot be read. */
  readonly read: (account: string) => Promise<Buffer | null>;
  /** Keeps bytes whole or not at all, for the user alone. Rejects when they cannot be written. */
  readonly write: (account: string, bytes: Buffer) => Promise<void>;
  /** Where more than memory holds may be put while the accounts are judged. */
  readonly scratch: string;
  /** Removes what was kept, and the folder when nothing else is in it. */
  readonly clear: () => Promise<void>;
}

/**
 * Opens or makes a folder for a scope (a digest). Refuses one in which others may write, one that holds something else, and
 * one that was kept for another scope, unless `fresh`. Throws ResumeFolderError.
 */
export async function openFolder(path: string, scope: string, fresh: boolean): Promise<ResumeFolder> {
  const names = await prepared(path);
  const marked = names.includes(MARKER) ? await scopeOf(path) : null;
  if (marked === null && names.length > 0)
    throw new ResumeFolderError(path, 'it holds something else: name an empty folder or a new one');
  if (marked !== null && marked !== scope && !fresh)
    throw new ResumeFolderError(
      path,
      'it was kept for another organization, other arguments or another version: name another folder, or start anew with --fresh',
    );
  const folder = folderAt(path);
  if (fresh) await folder.clear();
  await mkdir(path, { recursive: true, mode: 0o700 });
  // Of a run that was ended while it judged.
  await rm(folder.scratch, { recursive: true, force: true });
  await writeFile(join(path, MARKER), `${JSON.stringify({ scope })}\n`, { mode: 0o600 });
  return folder;
}

/** The names in a folder that is the user's alone. */
async function prepared(path: string): Promise<readonly string[]> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(path);
    const self = process.getuid?.();
    if (self !== undefined && (uid !== self || (mode & 0o022) !== 0))
      throw new ResumeFolderError(
        path,
        'others may write in it, and what they put there would pass for AWS’s answers: chmod go-w it, or name another folder',
      );
    return await readdir(path);
  } catch (error) {
    if (error instanceof ResumeFolderError) throw error;
    throw new ResumeFolderError(path, causeOf(error), error);
  }
}

async function scopeOf(path: string): Promise<string | null> {
  try {
    const data: unknown = JSON.parse((await bytesOf(join(path, MARKER))).toString('utf8'));
    const scope: unknown = typeof data === 'object' && data !== null && 'scope' in data ? data.scope : null;
    return typeof scope === 'string' ? scope : null;
  } catch {
    return null;
  }
}

function folderAt(path: string): ResumeFolder {
  return {
    scratch: join(path, SCRATCH),
    read: (account) =>
      bytesOf(join(path, `${account}.json.gz`)).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }),
    write: async (account, bytes) => {
      const beside = join(path, `.${account}.json.gz.${randomBytes(6).toString('hex')}`);
      try {
        await writeFile(beside, bytes, { mode: 0o600, flag: 'wx' });
        await chmod(beside, 0o600);
        await rename(beside, join(path, `${account}.json.gz`));
      } catch (error) {
        await rm(beside, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    clear: async () => {
      const ours = (await readdir(path)).filter(
        (name) => name === MARKER || READING.test(name) || UNFINISHED.test(name),
      );
      for (const name of ours) await rm(join(path, name), { force: true });
      await rmdir(path).catch(() => undefined);
    },
  };
}

/** Follows no link: what is kept here was written here. */
async function bytesOf(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new Error(`${size} bytes are more than any account has`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
