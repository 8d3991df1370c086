import { ApiException } from '@kubernetes/client-node';
import { redact } from '../estate/redact.ts';
import { NoTokenError } from './token.ts';

/** Why a request failed. `connection`: no request to this API server will do better. */
export interface Failure {
  readonly kind:
    | 'unauthorized'
    | 'no-token'
    | 'forbidden'
    | 'gone'
    | 'not-found'
    | 'connection'
    | 'timeout'
    | 'other';
  /** In words, without anything secret. */
  readonly reason: string;
}

const NETWORK: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the endpoint is not known here: a private endpoint is known in its VPC alone',
  EAI_AGAIN: 'the name of the endpoint could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no route to the endpoint',
  ENETUNREACH: 'there is no route to the endpoint',
  ETIMEDOUT: 'the endpoint did not answer in time: a private endpoint needs a route into its VPC',
  UND_ERR_CONNECT_TIMEOUT:
    'the endpoint did not answer in time: a private endpoint needs a route into its VPC',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_HEADERS_TIMEOUT: 'the answer did not come in time',
  UND_ERR_BODY_TIMEOUT: 'the answer did not come in time',
};

/** Codes of OpenSSL and Node.js for a certificate that the authority did not sign. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/;

/** What a failed request tells. Takes whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ApiException) return ofStatus(error.code, messageIn(error.body));
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if (at instanceof NoTokenError)
      return { kind: 'no-token', reason: `no token could be made: ${words(at.cause)}` };
    if (at instanceof SyntaxError) return { kind: 'other', reason: 'malformed answer: it is no JSON' };
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    const known = NETWORK[code];
    if (known !== undefined) return { kind: 'connection', reason: `${known} (${code})` };
    if (CERTIFICATE.test(code)) {
      const reason = `the certificate is not signed by an authority that is trusted for it (${code})`;
      return { kind: 'connection', reason };
    }
    if (at.name === 'TimeoutError' || at.name === 'AbortError')
      return { kind: 'timeout', reason: 'the answer did not come in time' };
  }
  return { kind: 'other', reason: words(error) };
}

const words = (error: unknown): string =>
  redact(error instanceof Error ? error.message : String(error)).slice(0, 300);

function ofStatus(code: number, message: string): Failure {
  const told = message === '' ? '' : `: ${message}`;
  switch (code) {
    case 401:
      return {
        kind: 'unauthorized',
        reason:
          'the API server does not let the caller in (401): no access entry and no aws-auth mapping names it, or its credentials have expired',
      };
    case 403:
      return { kind: 'forbidden', reason: `not allowed (403)${told}` };
    case 404:
      return { kind: 'not-found', reason: `not found (404)${told}` };
    case 410:
      return { kind: 'gone', reason: 'the list changed too much while it was read (410)' };
    default:
      return { kind: 'other', reason: `the API server answered ${code}${told}` };
  }
}

/** The message of a Status object, bounded; the body of anything else is not repeated. */
function messageIn(body: unknown): string {
  let value = body;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return '';
    }
  }
  if (typeof value !== 'object' || value === null || !('message' in value)) return '';
  return typeof value.message === 'string' ? redact(value.message).slice(0, 300) : '';
}
