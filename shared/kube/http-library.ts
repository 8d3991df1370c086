import {
  type HttpLibrary,
  type RequestContext,
  ResponseContext,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import { type Dispatcher, fetch } from 'undici';

/** How long and how much one answer may be. */
export interface HttpLimits {
  /** Milliseconds from the request to the end of its answer. */
  readonly answer: number;
  /** Bytes. */
  readonly size: number;
  /** Most attempts of one request that the server puts off or that is cut. */
  readonly attempts: number;
}

export const DEFAULT_LIMITS: HttpLimits = { answer: 30_000, size: 64 * 1024 * 1024, attempts: 4 };

/** Statuses with which an API server asks to come again (Kubernetes, API concepts: priority and fairness). */
const LATER: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** The longest pause that a server can ask for, milliseconds. */
const LONGEST_PAUSE = 10_000;

/** An answer that is larger than any page should be. */
class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
  constructor(size: number) {
    super(`the answer is larger than ${size} bytes`);
  }
}

/**
 * The transport of the generated clients, with limits: one agent for all requests, a time and a size for each answer, and
 * further attempts of reads that are put off (`Retry-After`) or cut. Redirects are not followed: the token is for this
 * server alone.
 */
export function boundedHttp(
  agent: Dispatcher | undefined,
  limits: HttpLimits,
  { signal, sleep }: { signal?: AbortSignal; sleep: (milliseconds: number) => Promise<void> },
): HttpLibrary {
  return wrapHttpLibrary({
    send: async (request) => {
      for (let attempt = 1; ; attempt++) {
        const last = attempt >= limits.attempts || request.getHttpMethod() !== 'GET';
        try {
          const response = await once(request, agent, limits, signal);
          if (last || !LATER.has(response.httpStatusCode)) return response;
          await sleep(pauseOf(response.headers['retry-after'], attempt));
        } catch (error) {
          if (last || signal?.aborted === true || !isCut(error)) throw error;
          await sleep(pauseOf(undefined, attempt));
        }
      }
    },
  });
}

async function once(
  request: RequestContext,
  agent: Dispatcher | undefined,
  { answer, size }: HttpLimits,
  signal: AbortSignal | undefined,
): Promise<ResponseContext> {
  const timeout = AbortSignal.timeout(answer);
  const dispatcher = agent ?? request.getDispatcher();
  const body = request.getBody();
  const response = await fetch(request.getUrl(), {
    method: request.getHttpMethod(),
    headers: request.getHeaders(),
    redirect: 'manual',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    ...(typeof body === 'string' ? { body } : {}),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  const bytes = await within(response.body, size);
  return new ResponseContext(response.status, Object.fromEntries(response.headers), {
    text: async () => bytes.toString('utf8'),
    binary: async () => bytes,
    stream: () => null,
  });
}

async function within(body: AsyncIterable<Uint8Array> | null, size: number): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > size) throw new AnswerTooLargeError(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Seconds as the server says, else growing, never longer than the longest. */
function pauseOf(retryAfter: string | undefined, attempt: number): number {
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 250 * 2 ** attempt;
  return Math.min(asked, LONGEST_PAUSE) * (0.75 + Math.random() / 2);
}

const CUT = new Set(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']);

/** True when the connection broke in mid-answer, so that another attempt may do. */
function isCut(error: unknown): boolean {
  const codes: unknown[] = [];
  for (let at: unknown = error; at instanceof Error && codes.length < 5; at = at.cause)
    codes.push('code' in at ? at.code : undefined);
  return codes.some((code) => typeof code === 'string' && CUT.has(code));
}
