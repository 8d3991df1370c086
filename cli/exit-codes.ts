/** The exit codes of every command; docs/command-line.md lists them. */
export const EXIT = {
  /** Nothing at or above `--fail-on`; the identity works; nothing is widened. */
  ok: 0,
  /** Findings; broken; widened. */
  found: 1,
  /** A wrong flag, file, JSON, schema or name. */
  usage: 2,
  /** It cannot be said: unknown, too complex, or incomplete coverage under `--require-coverage`. */
  unknown: 3,
  /** No credentials, or nothing could be read at all. */
  unreadable: 4,
  /** A bug in podtrust, or a machine without disk or memory. */
  internal: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
