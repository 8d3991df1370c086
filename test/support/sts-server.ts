import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { compactVerify, createLocalJWKSet, decodeJwt, type JSONWebKeySet } from 'jose';
import { createAnswer } from '../../simulator/attach.ts';
import { signatureOf } from '../../simulator/http/signature.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { stsService } from '../../simulator/sts/service.ts';
import { listenOnLoopback } from './kubernetes/loopback.ts';

interface StsServer {
  /** What `AWS_ENDPOINT_URL_STS` takes. */
  readonly endpoint: string;
  /** The parameters of every request so far, with tokens and all. */
  readonly seen: readonly URLSearchParams[];
  readonly close: () => Promise<void>;
}

/** The keys that an issuer publishes; null: STS cannot fetch them. */
export type KeysOf = (issuer: string) => Promise<JSONWebKeySet | null>;

/**
 * The simulated STS over HTTP, in AWS's query protocol, which verifies the signatures of tokens as the real one does. Trust
 * policies, providers, audiences and expiry are the simulator's.
 */
export async function startStsServer(simulation: Simulation, keysOf: KeysOf): Promise<StsServer> {
  const answer = createAnswer(simulation.world, simulation.faults);
  const seen: URLSearchParams[] = [];
  const respond = async (request: IncomingMessage): Promise<string> => {
    const parameters = new URLSearchParams(await text(request));
    seen.push(parameters);
    const action = parameters.get('Action') ?? '';
    if (action === 'AssumeRoleWithWebIdentity')
      await verify(parameters.get('WebIdentityToken') ?? '', keysOf);
    const { DurationSeconds: seconds, ...rest } = Object.fromEntries(parameters);
    const input = { ...rest, ...(seconds === undefined ? {} : { DurationSeconds: Number(seconds) }) };
    const signature = signatureOf(request.headers.authorization) ?? { accessKeyId: '', region: 'eu-west-1' };
    const output = answer(stsService, action, input, signature);
    return `<${action}Response><${action}Result>${xml(output)}</${action}Result></${action}Response>`;
  };
  const server = createServer((request, response) => {
    respond(request)
      .then((body) => ({ status: 200, body }))
      .catch(errorAnswer)
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body))
      .catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  return { endpoint: `http://127.0.0.1:${port}`, seen, close };
}

/** What STS refuses with. */
class InvalidIdentityToken extends Error {
  override readonly name = 'InvalidIdentityToken';
}

async function verify(token: string, keysOf: KeysOf): Promise<void> {
  const keys = await keysOf(issuerIn(token));
  if (keys === null)
    throw new InvalidIdentityToken(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  await compactVerify(token, createLocalJWKSet(keys), { algorithms: ['RS256', 'ES256'] }).catch(() => {
    throw new InvalidIdentityToken('The signature of the token does not verify.');
  });
}

function issuerIn(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw new InvalidIdentityToken('The ID Token provided is not a valid JWT.');
  }
}

function errorAnswer(error: unknown): { status: number; body: string } {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // On the wire the codes lack what the SDK's classes are named with.
  const code = name.replace(/(?<=Token|Claim|Error)Exception$/, '');
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`;
  return { status: name === 'AccessDenied' ? 403 : 400, body };
}

function xml(value: object): string {
  return Object.entries(value)
    .map(([name, one]: [string, unknown]) => `<${name}>${inner(one)}</${name}>`)
    .join('');
}

function inner(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? xml(value) : escaped(String(value));
}

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
