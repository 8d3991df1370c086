import { AssumeRoleError } from '../errors.ts';

/** Codes by which AWS services put a caller off (AWS SDK, retry behavior: throttling errors). */
const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

const ENDED = /^ExpiredToken|^RequestExpired$|^(?:Credentials|Token)ProviderError$/;

/** Whether AWS put the caller off. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && (THROTTLING.has(error.name) || statusOf(error) === 429);
}

/** Whether the credentials ended, or cannot be got any more: every further call fails as well. */
export function hasEnded(error: unknown): boolean {
  const { name } = causeOf(error);
  return ENDED.test(name);
}

/**
 * Whether the same call may succeed a little later: it was throttled, met the service's own error or a broken connection,
 * or the credentials had ended. A refusal or a malformed answer stays what it is.
 */
export function isPassing(error: unknown): boolean {
  const cause = causeOf(error);
  if (isThrottling(cause) || ENDED.test(cause.name)) return true;
  const status = statusOf(cause);
  if (status !== undefined) return status >= 500;
  // Neither an answer of AWS nor one that could not be understood: the connection.
  return 'code' in cause || cause.name === 'TimeoutError';
}

/** What kept podtrust out of a role, or the error itself. */
function causeOf(error: unknown): Error {
  if (error instanceof AssumeRoleError && error.cause instanceof Error) return error.cause;
  return error instanceof Error ? error : new Error(String(error));
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
