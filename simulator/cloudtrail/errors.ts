import {
  AccessDeniedException,
  CloudTrailServiceException,
  InvalidMaxResultsException,
  InvalidNextTokenException,
  ThrottlingException,
  TrailNotFoundException,
} from '@aws-sdk/client-cloudtrail';
import { shape } from '../service.ts';

/** CloudTrail's refusals, as the SDK's own exceptions. */

export const trailNotFound = (message: string) =>
  new TrailNotFoundException(shape('TrailNotFoundException', 404, message));

export const invalidMaxResults = (message: string) =>
  new InvalidMaxResultsException(shape('InvalidMaxResultsException', 400, message));

export const invalidNextToken = () =>
  new InvalidNextTokenException(shape('InvalidNextTokenException', 400, 'The NextToken is not valid.'));

export const denied = (message: string) =>
  new AccessDeniedException({ ...shape('AccessDeniedException', 403, message) });

export const throttled = () => new ThrottlingException(shape('ThrottlingException', 400, 'Rate exceeded'));

export const serverError = (status: 500 | 503) =>
  new CloudTrailServiceException(
    shape(status === 500 ? 'InternalFailure' : 'ServiceUnavailable', status, 'The request has failed.'),
  );
