import { redact } from '../estate/redact.ts';

const MOST_CHARACTERS = 500;

/**
 * Why a call failed, in one bounded line without credentials: the error's name, its message, and how often it was
 * tried. Takes anything that can be thrown.
 */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return bounded(String(error));
  const attempts = attemptsOf(error);
  const tried = attempts > 1 ? ` (tried ${attempts} times)` : '';
  const message = error.message === '' || error.message === error.name ? '' : `: ${error.message}`;
  const name = error.name === 'Error' || error.name === 'AssumeRoleError' ? '' : error.name;
  return bounded(`${name}${name === '' ? message.slice(2) : message}${tried}`);
}

function bounded(text: string): string {
  const line = redact(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[.\s]+$/, '');
  const cut = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
  return cut === '' ? 'failed without a message' : cut;
}

function attemptsOf(error: Error): number {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const attempts: unknown =
    typeof metadata === 'object' && metadata !== null && 'attempts' in metadata
      ? metadata.attempts
      : undefined;
  return typeof attempts === 'number' ? attempts : 1;
}
