import { glob, readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** Files that a folder is searched for. */
const KNOWN = /\.(json|ya?ml|template)$/i;
/** Folders that hold nobody's own files. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', '.terraform', '.venv', 'vendor']);
const MOST_FILES = 20_000;

/** A file to look at; one that was found in a folder or by a pattern may be anything. */
export interface LintInput {
  readonly file: string;
  readonly named: boolean;
}

/**
 * The files that arguments name: `-` for stdin, files, folders (searched for .json, .yaml, .yml and .template), and
 * patterns. Sorted, each once. Throws UsageError for what is not there, and for a pattern that fits nothing.
 */
export async function lintInputs(patterns: readonly string[], io: Io): Promise<LintInput[]> {
  const found = new Map<string, LintInput>();
  for (const pattern of patterns) {
    for (const input of await inputsOf(pattern, io)) {
      const before = found.get(input.file);
      found.set(input.file, { ...input, named: input.named || before?.named === true });
    }
    if (found.size > MOST_FILES)
      throw new UsageError(
        `more than ${MOST_FILES} files: name the folders that hold what is to be checked.`,
      );
  }
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

async function inputsOf(pattern: string, io: Io): Promise<LintInput[]> {
  if (pattern === '-') return [{ file: '-', named: true }];
  const found = await stat(resolve(io.cwd, pattern)).catch(() => null);
  if (found?.isDirectory() === true)
    return (await filesIn(resolve(io.cwd, pattern))).map((file) => ({
      file: nameOf(file, io),
      named: false,
    }));
  if (found !== null || !/[*?[{]/.test(pattern)) return [{ file: pattern, named: true }];
  const files: LintInput[] = [];
  for await (const file of glob(pattern, { cwd: io.cwd, exclude: (name) => LEFT_OUT.has(name) })) {
    if ((await stat(resolve(io.cwd, file))).isFile())
      files.push({ file: file.split(sep).join('/'), named: false });
  }
  if (files.length === 0)
    throw new UsageError(`no file fits "${pattern}". Quote patterns, and check the path.`);
  return files;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesIn(path);
      return entry.isFile() && KNOWN.test(entry.name) ? [path] : [];
    }),
  );
  return nested.flat();
}

function nameOf(file: string, io: Io): string {
  return relative(io.cwd, file).split(sep).join('/');
}
