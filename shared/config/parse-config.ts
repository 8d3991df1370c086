import { checkConfig } from './check-config.ts';
import type { Config } from './config.ts';

/** A configuration that cannot be used: every problem with its place in the file. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Reads the text of `podtrust.config.json`.
 * @throws {InvalidConfigError} for text that is no JSON, and for unknown keys or wrong values.
 */
export function parseConfig(text: string): Config {
  const checked = checkConfig(text);
  if ('config' in checked) return checked.config;
  throw new InvalidConfigError(
    checked.problems.map(
      ({ line, column, path, message }) => `${path}: ${message} (line ${line}, column ${column})`,
    ),
  );
}
