import {
  ExpiredTokenException,
  IDPCommunicationErrorException,
  InvalidIdentityTokenException,
  MalformedPolicyDocumentException,
  STSServiceException,
} from '@aws-sdk/client-sts';
import { shape } from '../service.ts';

/** STS's refusals, as the SDK's own exceptions. */

export const invalidToken = (message: string) =>
  new InvalidIdentityTokenException(shape('InvalidIdentityTokenException', 400, message));

export const expiredToken = (message: string) =>
  new ExpiredTokenException(shape('ExpiredTokenException', 400, message));

export const malformedPolicy = (message: string) =>
  new MalformedPolicyDocumentException(shape('MalformedPolicyDocumentException', 400, message));

export const validation = (message: string) =>
  new STSServiceException(shape('ValidationError', 400, message));

export const denied = (message: string) => new STSServiceException(shape('AccessDenied', 403, message));

export const throttled = () => new STSServiceException(shape('Throttling', 400, 'Rate exceeded'));

export const serverError = (status: 500 | 503) =>
  status === 500
    ? new STSServiceException(shape('InternalFailure', 500, 'The request processing has failed.'))
    : new IDPCommunicationErrorException(
        shape('IDPCommunicationErrorException', 503, 'The identity provider could not be reached.'),
      );
