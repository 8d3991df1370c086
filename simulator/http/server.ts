import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as eks from '@aws-sdk/client-eks';
import { type Answer, createAnswer } from '../attach.ts';
import { registerCaller } from '../callers.ts';
import { eksService } from '../eks/service.ts';
import type { World } from '../operation.ts';
import type { Simulation } from '../simulation.ts';
import { errorAnswer, type HttpAnswer, refused } from './errors.ts';
import { createRouter, inputOf } from './routes.ts';
import { operationsOf } from './schema.ts';
import { signatureOf } from './signature.ts';
import { encode, SerializationError } from './wire.ts';

/** EKS's own limit on a request is not documented; CreateCluster with everything set stays far below this. */
const MOST_BYTES = 1024 * 1024;

interface EksServerOptions {
  /** Port on loopback; a free one unless given. */
  readonly port?: number;
  /**
   * The account of an access key that the simulation did not give out, null for none. Unless given, a key of twelve digits
   * is the account's id, as third-party emulators have it.
   */
  readonly accountOf?: (accessKeyId: string) => Promise<string | null>;
}

/** A simulated EKS that listens on loopback. */
export interface EksServer {
  /** What `AWS_ENDPOINT_URL_EKS` takes. */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

const route = createRouter(operationsOf(eks));

/** Serves the simulation's EKS over HTTP in AWS's rest-json, to any SDK that is pointed here. */
export async function startEksServer(
  simulation: Simulation,
  options: EksServerOptions = {},
): Promise<EksServer> {
  const answer = createAnswer(simulation.world, simulation.faults);
  const callerOf = createCallers(simulation.world, options.accountOf ?? accountInKey);
  const server = createServer((request, response) => {
    respond(answer, callerOf, request)
      .catch(errorAnswer)
      .then((given) => write(response, given))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const accountInKey = async (accessKeyId: string): Promise<string | null> =>
  /^\d{12}$/.test(accessKeyId) ? accessKeyId : null;

async function respond(
  answer: Answer,
  callerOf: (accessKeyId: string) => Promise<string>,
  request: IncomingMessage,
): Promise<HttpAnswer> {
  const body = await bodyOf(request);
  if (body === null) return refused(413, 'RequestEntityTooLargeException', 'The request is too large.');
  const url = new URL(request.url ?? '/', 'http://eks');
  const found = route(request.method ?? '', url.pathname);
  if (found === null) {
    const asked = `${request.method} ${url.pathname}`.slice(0, 200);
    return refused(404, 'UnknownOperationException', `EKS has no operation ${asked}.`);
  }
  const signature = signatureOf(request.headers.authorization);
  if (signature === null)
    return refused(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const input = inputOf(found, url.searchParams, body === '' ? undefined : parsed(body));
  const from = { ...signature, accessKeyId: await callerOf(signature.accessKeyId) };
  const output = answer(eksService, found.operation.name, input, from);
  return { status: found.operation.status, body: encode(found.operation.output, output) ?? {} };
}

/** The key by which the simulation knows a caller: one that it did not give out is the role `podtrust` of its account. */
function createCallers(
  world: World,
  accountOf: (accessKeyId: string) => Promise<string | null>,
): (accessKeyId: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (accessKeyId) => {
    if (world.sessions.has(accessKeyId) || world.ended.has(accessKeyId)) return accessKeyId;
    const before = known.get(accessKeyId);
    if (before !== undefined) return before;
    const account = world.accounts.get((await accountOf(accessKeyId)) ?? '');
    if (account === undefined) return accessKeyId;
    const role = `arn:${account.partition}:iam::${account.id}:role/podtrust`;
    const given = registerCaller(world, role).accessKeyId;
    known.set(accessKeyId, given);
    return given;
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new SerializationError('The request is no JSON.');
  }
}

/** The request's text; null when it is longer than any that EKS takes. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, given: HttpAnswer): void {
  if (given === 'hang-up') {
    response.destroy();
    return;
  }
  response.writeHead(given.status, {
    'content-type': 'application/json',
    'x-amzn-requestid': crypto.randomUUID(),
    ...(given.errorType === undefined ? {} : { 'x-amzn-errortype': given.errorType }),
  });
  response.end(JSON.stringify(given.body));
}
