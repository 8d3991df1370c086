import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { certificateAuthority, issue } from './certificates.ts';
import type { KubernetesOnLoopback } from './cluster.ts';
import type { Access } from './http.ts';
import { listenOnLoopback } from './loopback.ts';

/** What happens to a request instead of an ordinary answer. */
type Fault =
  /** 410: the page is older than what the server keeps; with a token that goes on inconsistently if one was given. */
  | { readonly kind: 'expired' }
  /** 429 of API Priority and Fairness, plain text as that sends it. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** Any other answer. */
  | { readonly kind: 'answer'; readonly code: number; readonly contentType: string; readonly body: string }
  /** The ordinary answer, later. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** No answer at all; the connection stays open. */
  | { readonly kind: 'silent' }
  /** The connection is cut after so many bytes of the ordinary answer's body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

/** A request as the proxy sees it. */
interface SeenRequest {
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
    case 'expired':
      response.writeHead(410, { 'content-type': 'application/json' });
      response.end(JSON.stringify(expired(request)));
      return;
    case 'throttled':
      response.writeHead(429, {
        'content-type': 'text/plain; charset=utf-8',
        'retry-after': String(fault.retryAfterSeconds),
      });
      response.end('Too many requests, please try again later.\n');
      return;
    case 'answer':
      response.writeHead(fault.code, { 'content-type': fault.contentType }).end(fault.body);
      return;
    case 'slow':
      await sleep(fault.milliseconds);
      return pass(kubernetes, request, response, Number.POSITIVE_INFINITY);
    case 'silent':
      return;
    case 'cut':
      return pass(kubernetes, request, response, fault.afterBytes);
  }
}

/**
 * What the API server says of a compacted page (k8s.io/apiserver, storage/etcd3/errors.go): revision -1 in the token that
 * it offers means the latest.
 */
function expired(request: IncomingMessage): unknown {
  const given = new URL(request.url ?? '/', 'https://localhost').searchParams.get('continue');
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 };
  if (given === null) {
    return { ...status, metadata: {}, message: 'The resourceVersion for the provided list is too old.' };
  }
  const token = z.looseObject({}).parse(JSON.parse(Buffer.from(given, 'base64url').toString('utf8')));
  return {
    ...status,
    metadata: { continue: Buffer.from(JSON.stringify({ ...token, rv: -1 })).toString('base64url') },
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  };
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
      answer.on('end', () => {
        if (left >= 0) response.end();
      });
    },
  );
  onward.on('error', cut);
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
