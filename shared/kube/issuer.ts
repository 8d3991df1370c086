import { type Agent, EnvHttpProxyAgent, fetch } from 'undici';
import type { Fetch, Fetched } from '../probe/keys.ts';
import { failureOf } from './failure.ts';

export interface IssuerOptions {
  /** PEM of the authority that signed the issuer's certificate, where it is none that the machine trusts. */
  readonly certificateAuthority?: string;
  /** Milliseconds for one document as a whole. */
  readonly within?: number;
}

const WITHIN = 10_000;
/** Bytes: documents of issuers have a few thousand. */
const MOST_BYTES = 256 * 1024;

/** Fetches documents of issuers over https, through the proxy that the environment names. Never rejects. */
export function issuerFetch({ certificateAuthority, within = WITHIN }: IssuerOptions = {}): Fetch {
  return async (url) => {
    if (!url.startsWith('https://')) return { kind: 'failed', why: `${url} is no https:// address` };
    const dispatcher = agentFor(certificateAuthority, within);
    try {
      const signal = AbortSignal.timeout(within);
      const response = await fetch(url, { redirect: 'manual', signal, dispatcher });
      if (response.status !== 200) {
        await response.body?.cancel();
        return { kind: 'failed', why: `${url} answered ${response.status}` };
      }
      return await textOf(url, response.body);
    } catch (error) {
      return { kind: 'failed', why: `${url}: ${failureOf(error).reason}` };
    } finally {
      await dispatcher.destroy();
    }
  };
}

function agentFor(ca: string | undefined, timeout: number): Agent | EnvHttpProxyAgent {
  const tls = ca === undefined ? {} : { ca };
  return new EnvHttpProxyAgent({ connect: { ...tls, timeout }, requestTls: { ...tls, timeout } });
}

async function textOf(url: string, body: AsyncIterable<Uint8Array> | null): Promise<Fetched> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) return { kind: 'failed', why: `${url} is longer than ${MOST_BYTES} bytes` };
    chunks.push(chunk);
  }
  return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
}
