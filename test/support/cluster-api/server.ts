import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { How } from '../hub/calls.ts';
import { listenOnLoopback } from '../kubernetes/loopback.ts';
import { LISTS, SINGLE } from './objects.ts';

/** An API server on loopback, without TLS, with the objects of one cluster. */
interface ClusterApi {
  /** `http://127.0.0.1:<port>` */
  readonly server: string;
  readonly close: () => Promise<void>;
}

/** How an API server says that it does not do what it is asked (Kubernetes, API concepts; Status). */
const STATUS: Partial<Record<How, number>> = {
  unauthorized: 401,
  denied: 403,
  throttled: 429,
  'server-error': 500,
};

/** The read of a path as coverage gaps name it: `kubernetes:pods`. */
function readOf(path: string): string {
  const name = path.endsWith('/configmaps/aws-auth')
    ? 'configmaps/aws-auth'
    : path.split('/').findLast(Boolean);
  return `kubernetes:${name}`;
}

/** Starts it. `strike` says what becomes of a read; null: it is answered. */
export async function clusterApi(strike: (read: string) => How | null): Promise<ClusterApi> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback');
    request.resume();
    const how = strike(readOf(pathname));
    const status = how === null ? undefined : STATUS[how];
    if (status !== undefined) {
      send(response, status, { kind: 'Status', message: `${request.method} ${pathname} is not answered` });
      return;
    }
    // A server that hangs, and one whose caller has died, answer nobody.
    if (how === 'timeout' || how === 'crash-before') return;
    const page = how === 'partial-page' ? 1 : Number(searchParams.get('limit') ?? 500);
    const body = bodyOf(request, pathname, page, Number(searchParams.get('continue') ?? 0));
    if (how === 'cut-page') cut(response, body);
    else if (body === null) send(response, 404, { kind: 'Status', message: 'not found' });
    else send(response, request.method === 'POST' ? 201 : 200, body);
  });
  const { port, close } = await listenOnLoopback(server);
  server.unref();
  return { server: `http://127.0.0.1:${port}`, close };
}

function bodyOf({ method }: IncomingMessage, path: string, limit: number, start: number): object | null {
  const all = LISTS[path];
  if (all === undefined || method !== 'GET') return SINGLE[path] ?? null;
  const end = start + limit;
  return {
    kind: 'List',
    metadata: { resourceVersion: '1', ...(end < all.length && { continue: String(end) }) },
    items: all.slice(start, end),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Half of an answer, and then the connection breaks. */
function cut(response: ServerResponse, body: object | null): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}
