import { Agent, request as httpsRequest } from 'node:https';

/** How to reach an HTTPS server on loopback. */
export interface Access {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  /** PEM of the authority that signed its certificate. */
  readonly certificateAuthority: string;
  /** Bearer token; leave out to be anonymous. */
  readonly token?: string;
  /** User to impersonate, who then has no other group than `system:authenticated`. */
  readonly impersonate?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

/** One request, JSON both ways; for what set-up needs. Tests use @kubernetes/client-node, as the product does. */
export async function send(access: Access, method: string, path: string, body?: unknown): Promise<Answer> {
  const json = body === undefined ? null : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      `${access.server}${path}`,
      {
        method,
        agent,
        ca: access.certificateAuthority,
        timeout: 30_000,
        headers: {
          // Keys have a media type of their own.
          accept: 'application/json, */*',
          ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
          ...(access.impersonate === undefined ? {} : { 'impersonate-user': access.impersonate }),
          ...(json === null
            ? {}
            : { 'content-type': contentType(method), 'content-length': Buffer.byteLength(json) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
    request.on('error', reject);
    request.end(json ?? undefined);
  });
}

/** Sends and expects success. Throws an Error with what the server said otherwise. */
export async function must(access: Access, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await send(access, method, path, body);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 500)}`);
}

/** Whether a GET is answered with 200. */
export async function answers(access: Access, path: string): Promise<boolean> {
  return send(access, 'GET', path).then(
    (answer) => answer.status === 200,
    () => false,
  );
}

function contentType(method: string): string {
  return method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
}
