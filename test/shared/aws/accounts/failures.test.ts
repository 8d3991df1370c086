import { describe, expect, it } from 'vitest';
import { hasEnded, isPassing, isThrottling } from '../../../../shared/aws/accounts/failures.ts';
import { AssumeRoleError } from '../../../../shared/aws/errors.ts';

const failure = (name: string, httpStatusCode?: number, more: object = {}) =>
  Object.assign(new Error('no'), {
    name,
    ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }),
    ...more,
  });
const entering = (cause: Error) => new AssumeRoleError('arn:aws:iam::111122223333:role/r', cause);

describe('a failure', () => {
  it.each([
    ['throttling of IAM', failure('Throttling', 400), true, true],
    ['throttling of EKS', failure('ThrottlingException', 429), true, true],
    ['a status of too many requests', failure('Whatever', 429), true, true],
    ['an error of the service', failure('ServiceFailure', 500), true, false],
    ['a broken connection', failure('Error', undefined, { code: 'ECONNRESET' }), true, false],
    ['no answer in time', failure('TimeoutError'), true, false],
    ['credentials that ended', failure('ExpiredTokenException', 403), true, false],
    ['entering that was throttled', entering(failure('Throttling', 400)), true, false],
    ['a denial', failure('AccessDeniedException', 403), false, false],
    ['entering that was denied', entering(failure('AccessDenied', 403)), false, false],
    ['a thing that is not there', failure('ResourceNotFoundException', 404), false, false],
    ['a malformed answer', new Error('malformed answer: no cluster'), false, false],
    ['a body that is no JSON', new SyntaxError('Unexpected token'), false, false],
  ])('as %s: passes %s', (_, error, passing, throttling) => {
    expect([isPassing(error), isThrottling(error)]).toEqual([passing, throttling]);
  });

  it('ends the collection only when the credentials did', () => {
    expect(hasEnded(entering(failure('ExpiredToken', 403)))).toBe(true);
    expect(hasEnded(entering(failure('CredentialsProviderError')))).toBe(true);
    expect(
      hasEnded(entering(Object.assign(failure('AccessDenied', 403), { message: 'role/expired denies' }))),
    ).toBe(false);
  });
});
