import { AthenaClient } from '@aws-sdk/client-athena';

/** One call as it went over the wire. */
export interface AthenaCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The body of an answer, or an error as Athena puts it on the wire. */
export type AthenaAnswer = object | { readonly error: string; readonly message?: string };

/** The real client of Athena, whose requests are answered from memory; the SDK itself tries nothing twice. */
export function stubAthena(answer: (call: AthenaCall) => AthenaAnswer, calls: AthenaCall[] = []) {
  return new AthenaClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: string | Uint8Array }) => {
        const operation = request.headers['x-amz-target']?.split('.')[1] ?? '';
        const call = { operation, input: JSON.parse(textOf(request.body)) };
        calls.push(call);
        const body = answer(call);
        const failed = 'error' in body;
        return {
          response: {
            statusCode: failed ? 400 : 200,
            headers: { 'content-type': 'application/x-amz-json-1.1' },
            body: new Response(
              JSON.stringify(failed ? { __type: body.error, message: body.message ?? '' } : body),
            ).body,
          },
        };
      },
    },
  } as object);
}

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);
