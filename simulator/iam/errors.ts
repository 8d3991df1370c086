import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  IAMServiceException,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  UnmodifiableEntityException,
} from '@aws-sdk/client-iam';
import { shape } from '../service.ts';

/** IAM's refusals, as the SDK's own exceptions with IAM's words. */

export const noSuchEntity = (message: string) =>
  new NoSuchEntityException(shape('NoSuchEntityException', 404, message));

export const noSuchRole = (name: string) => noSuchEntity(`The role with name ${name} cannot be found.`);

export const alreadyExists = (message: string) =>
  new EntityAlreadyExistsException(shape('EntityAlreadyExistsException', 409, message));

export const deleteConflict = (message: string) =>
  new DeleteConflictException(shape('DeleteConflictException', 409, message));

export const limitExceeded = (message: string) =>
  new LimitExceededException(shape('LimitExceededException', 409, message));

export const malformedPolicy = (message: string) =>
  new MalformedPolicyDocumentException(shape('MalformedPolicyDocumentException', 400, message));

export const invalidInput = (message: string) =>
  new InvalidInputException(shape('InvalidInputException', 400, message));

export const unmodifiable = (message: string) =>
  new UnmodifiableEntityException(shape('UnmodifiableEntityException', 400, message));

/** A parameter outside its bounds: IAM's model has no class for it. */
export const validation = (message: string) =>
  new IAMServiceException(shape('ValidationError', 400, message));

export const denied = (message: string) => new IAMServiceException(shape('AccessDenied', 403, message));

export const throttled = () => new IAMServiceException(shape('Throttling', 400, 'Rate exceeded'));

export const serverError = (status: 500 | 503) =>
  new IAMServiceException(
    shape(
      status === 500 ? 'ServiceFailure' : 'ServiceUnavailable',
      status,
      'The request processing has failed because of an unknown error, exception or failure.',
    ),
  );
