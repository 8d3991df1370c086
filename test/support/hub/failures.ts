import type { How } from './calls.ts';

/** How each service names a refusal, too many calls and a failure of its own (their API references, "Common errors"). */
const NAMES: Readonly<Record<string, readonly [denied: string, throttled: string, failed: string]>> = {
  dynamodb: ['AccessDeniedException', 'ProvisionedThroughputExceededException', 'InternalServerError'],
  s3: ['AccessDenied', 'SlowDown', 'InternalError'],
  sns: ['AuthorizationErrorException', 'ThrottledException', 'InternalErrorException'],
  states: ['AccessDeniedException', 'ThrottlingException', 'InternalServerError'],
  securityhub: ['AccessDeniedException', 'LimitExceededException', 'InternalException'],
  ec2: ['UnauthorizedOperation', 'RequestLimitExceeded', 'InternalError'],
  events: ['AccessDeniedException', 'ThrottlingException', 'InternalException'],
};

/** The error that the SDK throws of a call that did not take effect; null where it does. */
export function failureOf(prefix: string, how: How): Error | null {
  const [denied, throttled, failed] = NAMES[prefix] ?? ['AccessDenied', 'Throttling', 'InternalFailure'];
  switch (how) {
    case 'denied':
      return failure(denied, 400, `not authorized to perform: ${prefix}`);
    case 'throttled':
      return failure(throttled, prefix === 's3' ? 503 : 400, 'Rate exceeded');
    case 'server-error':
      return failure(failed, 500, 'Internal error');
    case 'timeout':
      return Object.assign(new Error('Connection timed out after 60000 ms'), { name: 'TimeoutError' });
    case 'lost-answer':
    case 'partial-page':
    case 'conflict':
    case 'gone':
    case 'garbage':
    case 'unauthorized':
    case 'cut-page':
    case 'crash-before':
    case 'crash-after':
      return null;
  }
}

function failure(name: string, httpStatusCode: number, message: string): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode },
  });
}
