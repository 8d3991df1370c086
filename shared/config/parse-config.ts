import { type Config, configSchema } from './config.ts';

/** A configuration that cannot be used: every problem with its place in the file. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The configuration is not valid: ${problems.join('; ')}`, options);
    this.problems = problems;
  }
}

/**
 * Reads the text of `podtrust.config.json`.
 * @throws {InvalidConfigError} for text that is no JSON, and for unknown keys or wrong values.
 */
export function parseConfig(text: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidConfigError(
      [`it is no JSON (${cause instanceof Error ? cause.message : 'unreadable'})`],
      {
        cause,
      },
    );
  }
  const result = configSchema.safeParse(json);
  if (result.success) return result.data;
  throw new InvalidConfigError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'the document'}: ${issue.message}`),
    { cause: result.error },
  );
}
