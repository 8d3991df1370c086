import * as eks from '@aws-sdk/client-eks';
import { NotSimulatedError } from '../attach.ts';
import { isObject, shapeOf } from './schema.ts';
import { encode, SerializationError } from './wire.ts';

/** An answer on the wire, or nothing: the connection ends without one. */
export type HttpAnswer =
  | { readonly status: number; readonly errorType?: string; readonly body: unknown }
  | 'hang-up';

/** An answer of the simulated front door itself. */
export const refused = (status: number, errorType: string, message: string): HttpAnswer => ({
  status,
  errorType,
  body: { message },
});

/** What an error looks like in rest-json: its name in a header, its members in the body, its status. */
export function errorAnswer(error: unknown): HttpAnswer {
  if (!(error instanceof Error)) return refused(500, 'InternalFailure', 'Internal failure');
  if (error instanceof SerializationError) return refused(400, error.name, error.message);
  if (error instanceof NotSimulatedError) return refused(501, error.name, error.message);
  if (error.name === 'TimeoutError') return 'hang-up';
  const status = statusOf(error);
  if (status === null)
    return refused(500, 'InternalFailure', `The simulator failed: ${error.name}: ${error.message}`);
  const schema: unknown = Object.entries(eks).find(([name]) => name === `${error.name}$`)?.[1];
  const own = schema === undefined ? {} : encode(shapeOf(schema), { ...error });
  return {
    status,
    errorType: error.name,
    body: { ...(isObject(own) ? own : {}), message: error.message },
  };
}

/** The status that the SDK's exceptions carry; null for an error that is no answer of the service. */
function statusOf(error: Error): number | null {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status = isObject(metadata) ? metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : null;
}
