import {
  ExpiredCredentialsError,
  NoCredentialsError,
  RefusedCredentialsError,
  UnreachableError,
} from './errors.ts';

const REFUSED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const EXPIRED = /\bexpired?\b|ExpiredToken|RequestExpired/i;

/** What a failure of the very first call means for the person at the terminal. */
export function credentialsError(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (EXPIRED.test(name) || EXPIRED.test(message)) return new ExpiredCredentialsError(error);
  if (
    /CredentialsProviderError|TokenProviderError/.test(name) ||
    /could not load credentials/i.test(message)
  ) {
    return new NoCredentialsError(error);
  }
  return REFUSED.has(name) ? new RefusedCredentialsError(error) : new UnreachableError(error);
}
