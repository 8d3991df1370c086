import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerFetch } from '../../../shared/kube/issuer.ts';
import { certificateAuthority, issue, type KeyPair } from '../../support/kubernetes/certificates.ts';
import { listenOnLoopback } from '../../support/kubernetes/loopback.ts';

let authority: KeyPair;
let stranger: KeyPair;
let base: string;
let close: () => Promise<void>;
const asked: string[] = [];

const PAGES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/document': (response) => response.end('{"issuer":"x"}'),
  '/moved': (response) => response.writeHead(302, { location: '/document' }).end(),
  '/large': (response) => response.end('x'.repeat(300_000)),
  '/silent': () => undefined,
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    response.socket?.destroy();
  },
};

beforeAll(async () => {
  [authority, stranger] = await Promise.all([
    certificateAuthority('authority'),
    certificateAuthority('stranger'),
  ]);
  const serving = await issue(authority, { name: 'CN=issuer', hosts: ['127.0.0.1'] });
  const server = createServer(
    { cert: serving.certificate, key: serving.key },
    (request: IncomingMessage, response) => {
      asked.push(request.url ?? '');
      const page = PAGES[request.url ?? ''];
      if (page === undefined) response.writeHead(404).end();
      else page(response);
    },
  );
  const listening = await listenOnLoopback(server);
  base = `https://127.0.0.1:${listening.port}`;
  close = listening.close;
});
afterAll(() => close());

const fetched = (path: string, ca = authority) =>
  issuerFetch({ certificateAuthority: ca.certificate, within: 1_000 })(`${base}${path}`);

it('fetches a document of an issuer whose authority was named', async () => {
  expect(await fetched('/document')).toEqual({ kind: 'text', text: '{"issuer":"x"}' });
});

describe('says why there is none', () => {
  it.each([
    ['/nothing', /answered 404/],
    ['/moved', /answered 302/],
    ['/large', /longer than 262144 bytes/],
    ['/silent', /did not come in time/],
    ['/cut', /cut|other side closed|terminated/],
  ])('%s', async (path, why) => {
    expect(await fetched(path)).toEqual({ kind: 'failed', why: expect.stringMatching(why) });
  });

  it('a certificate that nobody trusts', async () => {
    expect(await fetched('/document', stranger)).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/not signed/),
    });
  });

  it('http', async () => {
    const before = asked.length;
    const answer = await issuerFetch()(`${base.replace('https', 'http')}/document`);
    expect(answer).toMatchObject({ kind: 'failed', why: expect.stringMatching(/no https/) });
    expect(asked).toHaveLength(before);
  });

  it('a name that nobody knows', async () => {
    expect(await issuerFetch({ within: 5_000 })('https://issuer.invalid/x')).toMatchObject({
      kind: 'failed',
    });
  });
});
