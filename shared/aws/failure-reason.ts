import { redact } from '../estate/redact.ts';

const MOST_CHARACTERS = 500;

/**
 * Why a call failed, in one bounded line without credentials: the error's name, its message, and how often it was
 * tried. Takes anything that can be thrown.
 */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return bounded(String(error));
  const attempts = numberIn(error, '$metadata', 'attempts') ?? 1;
  const tried = attempts > 1 ? ` (tried ${attempts} times)` : '';
  return bounded(`${describe(error)}${tried}`);
}

function describe(error: Error): string {
  // The SDK could not read the body: a proxy's page, or an emulator that lacks the operation.
  if (error instanceof SyntaxError || / Deserialization error: /.test(error.message)) {
    const status =
      numberIn(error, '$response', 'statusCode') ?? numberIn(error, '$metadata', 'httpStatusCode');
    return `malformed answer${status === undefined ? '' : ` with HTTP status ${status}`}: not in the format of the API`;
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  const name = NAMELESS.has(error.name) ? (typeof code === 'string' ? code : '') : error.name;
  const message = error.message === error.name ? '' : error.message;
  return [name, message].filter((part) => part !== '').join(': ');
}

/** Names that say nothing beside the message. */
const NAMELESS: ReadonlySet<string> = new Set(['Error', 'AggregateError', 'AssumeRoleError']);

function bounded(text: string): string {
  const line = redact(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[.\s]+$/, '');
  const cut = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
  return cut === '' ? 'failed without a message' : cut;
}

function numberIn(error: Error, part: string, key: string): number | undefined {
  const found: unknown = Reflect.get(error, part);
  if (typeof found !== 'object' || found === null) return undefined;
  const value: unknown = Reflect.get(found, key);
  return typeof value === 'number' ? value : undefined;
}
