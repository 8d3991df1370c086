import {
  AccessDeniedException,
  InvalidParameterException,
  InvalidRequestException,
  ResourceInUseException,
  ResourceLimitExceededException,
  ResourceNotFoundException,
  ServerException,
  ServiceUnavailableException,
  ThrottlingException,
} from '@aws-sdk/client-eks';
import { shape } from '../service.ts';

/** EKS's refusals, as the SDK's own exceptions. */

export const notFound = (message: string) =>
  new ResourceNotFoundException(shape('ResourceNotFoundException', 404, message));

export const inUse = (message: string) =>
  new ResourceInUseException(shape('ResourceInUseException', 409, message));

export const invalidParameter = (message: string) =>
  new InvalidParameterException(shape('InvalidParameterException', 400, message));

export const invalidRequest = (message: string) =>
  new InvalidRequestException(shape('InvalidRequestException', 400, message));

export const limitExceeded = (message: string) =>
  new ResourceLimitExceededException(shape('ResourceLimitExceededException', 400, message));

export const denied = (message: string) =>
  new AccessDeniedException(shape('AccessDeniedException', 403, message));

export const throttled = () =>
  new ThrottlingException({ ...shape('ThrottlingException', 429, 'Rate exceeded'), clusterName: undefined });

export const serverError = (status: 500 | 503) =>
  status === 500
    ? new ServerException(shape('ServerException', 500, 'Internal server error'))
    : new ServiceUnavailableException(shape('ServiceUnavailableException', 503, 'Service unavailable'));
