import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import { certificateAuthority, issue } from './certificates.ts';
import { listenOnLoopback } from './loopback.ts';
import { type StsPartition, stsHosts } from './sts-partitions.ts';

/** Credentials that STS knows, and who they are. */
const identitySchema = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string().optional(),
  /** As GetCallerIdentity says it: `arn:aws:sts::111122223333:assumed-role/deployer/alice`, `arn:aws:iam::…:user/bob`. */
  arn: z.string(),
  /** `AROA…:alice` of a role's session, `AIDA…` of a user. */
  userId: z.string(),
});

export type StsIdentity = z.infer<typeof identitySchema>;

/** An STS that answers GetCallerIdentity on loopback under its real name. */
export interface StsImpostor {
  /** For HTTPS_PROXY. */
  readonly proxy: string;
  /** PEM of the authority that signed its certificate. */
  readonly certificateAuthority: string;
  /** PUT an identity here as JSON, from any process. */
  readonly control: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts it. It checks what STS checks of a presigned GetCallerIdentity: a known key, the region of the endpoint, the
 * signature over query and headers (so over x-k8s-aws-id as the authenticator sends it), and the fifteen minutes.
 */
export async function startStsImpostor(partition: StsPartition): Promise<StsImpostor> {
  const hosts = stsHosts(partition);
  const authority = await certificateAuthority('sts-impostor');
  const serving = await issue(authority, { name: 'CN=sts', hosts: [...hosts.keys()] });
  const identities = new Map<string, StsIdentity>();

  const sts = createHttpsServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    void answer(request, hosts, identities)
      .catch((error: unknown) => refusal('IncompleteSignature', String(error)))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  });
  const behind = await listenOnLoopback(sts);

  const proxy = createHttpServer((request, response) => void learn(request, response, identities));
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    client.on('error', () => client.destroy());
    if (!hosts.has(request.url?.replace(/:443$/, '') ?? '')) {
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
    certificateAuthority: authority.certificate,
    control: `http://127.0.0.1:${front.port}/identities`,
    close: async () => {
      await front.close();
      await behind.close();
    },
  };
}

async function learn(
  request: IncomingMessage,
  response: ServerResponse,
  identities: Map<string, StsIdentity>,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const identity = identitySchema.parse(JSON.parse(body));
  identities.set(identity.accessKeyId, identity);
  response.writeHead(204).end();
}

interface StsAnswer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(
  request: IncomingMessage,
  hosts: ReadonlyMap<string, string>,
  identities: ReadonlyMap<string, StsIdentity>,
): Promise<StsAnswer> {
  const host = request.headers.host ?? '';
  const query = new URL(request.url ?? '/', `https://${host}`).searchParams;
  const identity = identities.get(query.get('X-Amz-Credential')?.split('/')[0] ?? '');
  if (identity === undefined) {
    return refusal('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  if (query.get('X-Amz-Credential')?.split('/')[2] !== hosts.get(host)) {
    return refusal('SignatureDoesNotMatch', 'Credential should be scoped to a valid region.');
  }
  const signedAt = parseAmzDate(query.get('X-Amz-Date') ?? '');
  if (Math.abs(Date.now() - signedAt.getTime()) > 15 * 60_000) {
    return refusal('SignatureDoesNotMatch', 'Signature expired.');
  }
  if (query.get('X-Amz-Signature') !== (await signature(request, query, host, identity, signedAt))) {
    return refusal('SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  }
  return {
    status: 200,
    body: {
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Account: identity.arn.split(':')[4] ?? '',
          Arn: identity.arn,
          UserId: identity.userId,
        },
        ResponseMetadata: { RequestId: '00000000-0000-4000-8000-000000000000' },
      },
    },
  };
}

/** The signature that these credentials give for the request as it arrived. */
async function signature(
  request: IncomingMessage,
  query: URLSearchParams,
  host: string,
  identity: StsIdentity,
  signingDate: Date,
): Promise<string | undefined> {
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const headers = signedHeaders.map((name) => [name, String(request.headers[name] ?? '')]);
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const region = query.get('X-Amz-Credential')?.split('/')[2] ?? '';
  const signer = new SignatureV4({
    service: 'sts',
    region,
    sha256: Hash.bind(null, 'sha256'),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  const expected = await signer.presign(
    {
      method: request.method ?? 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: Object.fromEntries([...query].filter(([name]) => !name.startsWith('X-Amz-'))),
      headers: Object.fromEntries(headers),
    },
    { signingDate, expiresIn: Number(query.get('X-Amz-Expires')) },
  );
  return z.string().optional().parse(expected.query?.['X-Amz-Signature']);
}

/** `20261123T081500Z` as a date. */
function parseAmzDate(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function refusal(code: string, message: string): StsAnswer {
  return { status: 403, body: { Error: { Code: code, Message: message, Type: 'Sender' } } };
}
