import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { issue } from './certificates.ts';
import type { KubernetesOnLoopback } from './cluster.ts';
import { send } from './http.ts';
import { listenOnLoopback } from './loopback.ts';

/** An issuer under its real name. */
interface IssuerFront {
  /** For HTTPS_PROXY. */
  readonly proxy: string;
  /** PEM of the authority that signed its certificate. */
  readonly certificateAuthority: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves a cluster's issuer documents where its tokens say that they are, as EKS does: behind a proxy that knows the
 * issuer's host, and with what the cluster's own API server publishes, asked anonymously.
 */
export async function startIssuerFront(kubernetes: KubernetesOnLoopback): Promise<IssuerFront> {
  const { hostname, pathname } = new URL(kubernetes.issuer);
  const pages: ReadonlyMap<string, string> = new Map([
    [`${pathname}/.well-known/openid-configuration`, '/.well-known/openid-configuration'],
    [`${pathname}/keys`, '/openid/v1/jwks'],
  ]);
  const serving = await issue(kubernetes.authority, { name: 'CN=issuer', hosts: [hostname] });
  const anonymous = { server: kubernetes.server, certificateAuthority: kubernetes.certificateAuthority };
  const issuer = createHttpsServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    const page = pages.get(request.url ?? '');
    const answer =
      page === undefined ? Promise.resolve({ status: 404, body: '' }) : send(anonymous, 'GET', page);
    void answer.then(({ status, body }) => response.writeHead(status).end(body));
  });
  const behind = await listenOnLoopback(issuer);
  const proxy = createHttpServer((_request, response) => response.writeHead(403).end());
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    client.on('error', () => client.destroy());
    if (request.url !== `${hostname}:443`) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(behind.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const front = await listenOnLoopback(proxy);
  return {
    proxy: `http://127.0.0.1:${front.port}`,
    certificateAuthority: kubernetes.certificateAuthority,
    close: async () => {
      await front.close();
      await behind.close();
    },
  };
}
