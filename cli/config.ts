import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, parseConfig } from '../shared/config/config.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';

const DEFAULT_FILE = 'podtrust.config.json';

/** The configuration: the named file, or podtrust.config.json in the working folder, or the defaults. */
export async function loadConfig(file: string | undefined, io: Io): Promise<Config> {
  const name = file ?? (existsSync(resolve(io.cwd, DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  const parsed = parseConfig(name === undefined ? '{}' : await readText(name, 'configuration', io));
  if ('config' in parsed) return parsed.config;
  throw new UsageError(`configuration "${name}": ${parsed.error}`);
}
