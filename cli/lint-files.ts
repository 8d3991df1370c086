import type { Dirent } from 'node:fs';
import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, matchesGlob, normalize, relative, resolve, sep } from 'node:path';
import { UsageError } from './errors.ts';
import { causeOf } from './files.ts';
import type { Io } from './io.ts';

/** Files that a folder is searched for. */
const KNOWN = /\.(json|ya?ml|template)$/i;
/** Folders that hold nobody's own files. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', '.terraform', '.venv']);
const MOST_FILES = 20_000;

/** A file to look at; one that was found in a folder or by a pattern may be anything. */
export interface LintInput {
  readonly file: string;
  readonly named: boolean;
  /** It was found through a link, and is no other file that was found: it may lie anywhere. */
  readonly linked?: true;
}

/** What the arguments name. */
export interface LintInputs {
  /** Sorted, each once. */
  readonly files: readonly LintInput[];
  /** The files in each folder and of each pattern, by their names above. */
  readonly searched: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folders that were not searched. */
  readonly leftOut: readonly string[];
  /** Links to what is not there. */
  readonly broken: readonly string[];
}

/** A file that an argument led to, and its path without links. */
interface Hit {
  readonly argument: string;
  readonly real: string;
  readonly input: LintInput;
}

interface Search {
  readonly io: Io;
  readonly hits: Hit[];
  /** Folders that were searched for an argument, by their paths without links. */
  readonly folders: Map<string, Set<string>>;
  /** The arguments that are patterns. */
  readonly patterns: Set<string>;
  readonly leftOut: Set<string>;
  readonly broken: Set<string>;
  /** They are followed when everything else was found, so that no circle of them is without an end. */
  readonly links: { readonly argument: string; readonly path: string }[];
}

/**
 * The files that arguments name: `-` for stdin, files, folders (searched for .json, .yaml, .yml and .template, through links,
 * too), and patterns. Throws UsageError for what is not there, and for a pattern that fits nothing.
 */
export async function lintInputs(patterns: readonly string[], io: Io): Promise<LintInputs> {
  const search: Search = {
    io,
    hits: [],
    folders: new Map(),
    patterns: new Set(),
    leftOut: new Set(),
    broken: new Set(),
    links: [],
  };
  for (const pattern of patterns) await searchArgument(pattern, search);
  for (let next = search.links.shift(); next !== undefined; next = search.links.shift()) {
    const { argument, path } = next;
    const there = await stat(path).catch(() => null);
    if (there === null) search.broken.add(nameOf(path, io));
    else if (there.isDirectory()) await searchFolder(argument, path, true, search);
    else if (there.isFile()) await foundInFolder(argument, path, true, search);
  }
  for (const pattern of search.patterns)
    if (!search.hits.some(({ argument }) => argument === pattern))
      throw new UsageError(`no file fits "${pattern}". Quote patterns, and check the path.`);
  return inputsOf(search);
}

/** One name for each file: that by which it was named, else its own, else that of a link to it. */
function inputsOf({ hits, folders, leftOut, broken }: Search): LintInputs {
  const names = new Map<string, LintInput>();
  const rank = ({ named, linked }: LintInput) => (named ? 2 : linked === true ? 0 : 1);
  for (const { real, input } of hits) {
    const known = names.get(real);
    const better = known === undefined ? 1 : rank(input) - rank(known);
    if (better > 0 || (better === 0 && known !== undefined && input.file < known.file))
      names.set(real, input);
  }
  const all = [...names.values(), ...hits.map(({ input }) => input).filter(({ named }) => named)];
  const files = new Map(all.map((input) => [input.file, input]));
  const searched = new Map([...folders.keys()].map((argument) => [argument, new Set<string>()]));
  for (const { argument, real } of hits) searched.get(argument)?.add(names.get(real)?.file ?? '');
  return {
    files: [...files.keys()].sort().flatMap((file) => files.get(file) ?? []),
    searched,
    leftOut: [...leftOut].sort(),
    broken: [...broken].sort(),
  };
}

async function searchArgument(argument: string, search: Search): Promise<void> {
  const path = resolve(search.io.cwd, argument);
  const there = argument === '-' ? null : await stat(path).catch(() => null);
  if (there?.isDirectory() === true) return searchFolder(argument, path, false, search);
  if (argument !== '-' && there === null && /[*?[{]/.test(argument)) return searchPattern(argument, search);
  const real = there === null ? argument : await realpath(path);
  search.hits.push({ argument, real, input: { file: argument, named: true } });
}

async function searchFolder(argument: string, path: string, linked: boolean, search: Search): Promise<void> {
  const searched = search.folders.get(argument) ?? new Set();
  search.folders.set(argument, searched);
  const real = await realpath(path);
  if (searched.has(real)) return;
  searched.add(real);
  if (searched.size > MOST_FILES) throw tooMany('folders');
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    const name = nameOf(path, search.io);
    throw new UsageError(`folder "${name}" cannot be read: ${causeOf(error)}.`, { cause: error });
  });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    if (LEFT_OUT.has(entry.name) && !entry.isFile()) search.leftOut.add(nameOf(inner, search.io));
    else if (entry.isSymbolicLink()) search.links.push({ argument, path: inner });
    else if (entry.isDirectory()) await searchFolder(argument, inner, linked, search);
    else if (entry.isFile()) await foundInFolder(argument, inner, linked, search);
  }
}

/** Of a link either name may tell what the file is; a pattern says how what it means is called. */
async function foundInFolder(argument: string, path: string, linked: boolean, search: Search): Promise<void> {
  const real = linked || KNOWN.test(path) ? await realpath(path) : path;
  const isWanted = search.patterns.has(argument)
    ? fits(path, argument, search.io)
    : KNOWN.test(path) || KNOWN.test(real);
  if (!isWanted) return;
  hit(argument, real, nameOf(path, search.io), linked, search);
}

/** Signs of patterns in the names above the working folder are none. */
function fits(path: string, pattern: string, { cwd }: Io): boolean {
  return isAbsolute(pattern)
    ? matchesGlob(path, pattern)
    : matchesGlob(relative(cwd, path), normalize(pattern));
}

async function searchPattern(pattern: string, search: Search): Promise<void> {
  const { cwd } = search.io;
  search.folders.set(pattern, new Set());
  search.patterns.add(pattern);
  // What stands before the first sign of a pattern is a folder that was meant, link or not.
  const base = resolve(cwd, /^(?:[^*?[{]*[/\\])?/.exec(pattern)?.[0] ?? '');
  const realBase = await realpath(base).catch(() => base);
  const pathOf = ({ parentPath, name }: Dirent) => resolve(cwd, parentPath, name);
  const links = new Set<string>();
  const exclude = (entry: Dirent) => {
    const isLeftOut = LEFT_OUT.has(entry.name) && !entry.isFile();
    if (isLeftOut) search.leftOut.add(nameOf(pathOf(entry), search.io));
    else if (entry.isSymbolicLink()) links.add(pathOf(entry));
    return isLeftOut;
  };
  for await (const entry of glob(pattern, { cwd, exclude, withFileTypes: true })) {
    const path = pathOf(entry);
    const there = await stat(path).catch(() => null);
    if (there === null) search.broken.add(nameOf(path, search.io));
    if (there?.isFile() !== true) continue;
    const real = await realpath(path);
    hit(pattern, real, nameOf(path, search.io), real !== join(realBase, relative(base, path)), search);
  }
  // Stars that stand for folders do not go through links by themselves.
  for (const path of pattern.includes('**') ? links : [])
    if ((await stat(path).catch(() => null))?.isDirectory() === true)
      search.links.push({ argument: pattern, path });
}

function hit(argument: string, real: string, file: string, linked: boolean, { hits }: Search): void {
  hits.push({ argument, real, input: { file, named: false, ...(linked && { linked }) } });
  if (hits.length > MOST_FILES) throw tooMany('files');
}

function tooMany(what: 'files' | 'folders'): UsageError {
  return new UsageError(`more than ${MOST_FILES} ${what}: name the folders that hold what is to be checked.`);
}

function nameOf(path: string, { cwd }: Io): string {
  return relative(cwd, path).split(sep).join('/');
}
