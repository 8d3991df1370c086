import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, defaultConfig } from '../shared/config/config.ts';
import { InvalidConfigError, parseConfig } from '../shared/config/parse-config.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';

const DEFAULT_FILE = 'podtrust.config.json';

/** The configuration: the named file, or podtrust.config.json in the working folder, or the defaults. Throws UsageError. */
export async function loadConfig(file: string | undefined, io: Io): Promise<Config> {
  const name = file ?? (existsSync(resolve(io.cwd, DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  if (name === undefined) return defaultConfig;
  const text = await readText(name, 'configuration', io);
  try {
    return parseConfig(text);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    throw new UsageError(`configuration "${name}": ${error.message}`, { cause: error });
  }
}
