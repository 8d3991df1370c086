import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateAuthority, issue } from './certificates.ts';
import type { KubernetesOnLoopback } from './cluster.ts';
import type { Access } from './http.ts';
import { listenOnLoopback } from './loopback.ts';

/** What happens to a request instead of an ordinary answer. */
export type Fault =
  /** An API error with the server's own words: see `expired`, `tooManyRequests`. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The ordinary answer, later. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** No answer at all; the connection stays open. */
  | { readonly kind: 'silent' }
  /** The connection is cut after so many bytes of the ordinary answer's body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Another body with status 200. */
  | { readonly kind: 'body'; readonly text: string };

/** A request as the proxy sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** 1 for the first request of this method and path, 2 for the next page or try. */
  readonly nth: number;
}

/** A proxy in front of the API server: HTTPS in, HTTPS out. */
export interface FaultProxy extends Access {
  readonly server: string;
  /** What a client that trusts the cluster has as CA: the cluster's, whoever signed the proxy's certificate. */
  readonly certificateAuthority: string;
  /** All requests so far. */
  readonly seen: readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

export interface FaultProxyOptions {
  /** Decides for each request: a fault, or null to pass it on. */
  readonly rule?: (request: SeenRequest) => Fault | null;
  /** Who signs the proxy's certificate: the cluster's authority or one that nobody trusts. */
  readonly signedBy?: 'cluster' | 'foreign';
}

/** The 410 that a list's next page gets when its continue token is older than what etcd keeps (five minutes). */
export const expired: Fault = {
  kind: 'status',
  code: 410,
  reason: 'Expired',
  message:
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
};

/** The 429 of API Priority and Fairness. */
export function tooManyRequests(retryAfterSeconds: number): Fault {
  return {
    kind: 'status',
    code: 429,
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}

/** Starts one on a free port; clients sign in with bearer tokens, since a client certificate does not pass a proxy. */
export async function startFaultProxy(
  kubernetes: KubernetesOnLoopback,
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const authority =
    options.signedBy === 'foreign' ? await certificateAuthority('nobody-trusts-me') : kubernetes.authority;
  const serving = await issue(authority, { name: 'CN=kube-apiserver', hosts: ['127.0.0.1', 'localhost'] });
  const seen: SeenRequest[] = [];
  const server = createServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    const url = new URL(request.url ?? '/', kubernetes.server);
    const method = request.method ?? 'GET';
    const earlier = seen.filter((each) => each.method === method && each.path === url.pathname);
    const here = { method, path: url.pathname, query: url.searchParams, nth: earlier.length + 1 };
    seen.push(here);
    const fault = options.rule?.(here) ?? null;
    void suffer(fault, kubernetes, request, response);
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    server: `https://127.0.0.1:${port}`,
    certificateAuthority: kubernetes.certificateAuthority,
    token: kubernetes.token,
    seen,
    close,
  };
}

async function suffer(
  fault: Fault | null,
  kubernetes: KubernetesOnLoopback,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (fault === null) return pass(kubernetes, request, response, Number.POSITIVE_INFINITY);
  switch (fault.kind) {
    case 'status': {
      const { code, reason, message } = fault;
      const status = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message,
        reason,
        code,
      };
      response.writeHead(code, { 'content-type': 'application/json', ...fault.headers });
      response.end(JSON.stringify(status));
      return;
    }
    case 'slow':
      await sleep(fault.milliseconds);
      return pass(kubernetes, request, response, Number.POSITIVE_INFINITY);
    case 'silent':
      return;
    case 'cut':
      return pass(kubernetes, request, response, fault.afterBytes);
    case 'body':
      response.writeHead(200, { 'content-type': 'application/json' }).end(fault.text);
      return;
  }
}

/** Passes the request on and at most `bytes` of the answer's body back; what is longer is cut off with the connection. */
function pass(
  kubernetes: KubernetesOnLoopback,
  request: IncomingMessage,
  response: ServerResponse,
  bytes: number,
): void {
  const cut = (): void => {
    request.socket.destroy();
  };
  const onward = httpsRequest(
    `${kubernetes.server}${request.url ?? '/'}`,
    { method: request.method, headers: request.headers, ca: kubernetes.certificateAuthority },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      let left = bytes;
      answer.on('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, Math.max(0, left)));
        left -= chunk.length;
        // Later, so that what was written is on its way.
        if (left < 0) setImmediate(cut);
      });
      answer.on('end', () => response.end());
    },
  );
  onward.on('error', cut);
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
