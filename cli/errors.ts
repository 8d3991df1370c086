import { EXIT, type ExitCode } from './exit-codes.ts';

/** Wrong input: says what, where, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors of the collector after which there is nothing to judge. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'NoCredentialsError',
  'ExpiredCredentialsError',
  'RefusedCredentialsError',
  'UnreachableError',
  'NothingReadableError',
]);
const BUILT_IN: ReadonlySet<string> = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
]);

/** The exit code of an error, by its class name: the classes live beside the code that throws them. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isForPeople(error)) return EXIT.internal;
  return UNREADABLE.has(error.name) ? EXIT.unreadable : EXIT.usage;
}

/** Errors with a class of their own were written for people; the language's own are a bug or the machine's. */
export function isForPeople(error: unknown): error is Error {
  return error instanceof Error && !BUILT_IN.has(error.name);
}
