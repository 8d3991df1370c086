import { fails, holds, notAsked, open, type ProbeCheck } from './check.ts';
import { judgeToken, type WantedToken } from './judge-token.ts';
import { type Fetch, publishedKeys } from './keys.ts';
import { type KeySource, signatureCheck } from './signature.ts';
import { readToken, type Token } from './token.ts';

/** A token as far as it can be examined without STS. */
export interface Examined {
  readonly token: Token | null;
  readonly checks: readonly ProbeCheck[];
}

interface Means {
  readonly now: Date;
  /** Keys that were given; they come before the issuer's. */
  readonly given?: KeySource;
  /** Absent: the issuer is not asked. */
  readonly fetch?: Fetch;
}

/** Decodes a token, holds its claims against what they should be, and verifies its signature. Never rejects. */
export async function examineToken(text: string, wanted: WantedToken, means: Means): Promise<Examined> {
  const read = readToken(text);
  if (read.kind === 'malformed')
    return { token: null, checks: [fails('token-format', `It is no token: ${read.why}.`)] };
  const { token } = read;
  const judged = judgeToken(token, wanted, means.now);
  const format = holds('token-format', 'It is a signed JSON Web Token.');
  return { token, checks: [format, ...judged, ...(await verified(text, token, judged, means))] };
}

async function verified(
  text: string,
  { claims }: Token,
  judged: readonly ProbeCheck[],
  { given, fetch }: Means,
): Promise<ProbeCheck[]> {
  if (given !== undefined) {
    const keys = notAsked('issuer-keys', `The keys of ${given.from} were given.`);
    return [keys, await signatureCheck(text, given)];
  }
  if (fetch === undefined)
    return [notAsked('issuer-keys', 'The issuer is not asked.'), open('token-signature', GIVE)];
  const foreign = judged.some(({ check, status }) => check === 'token-issuer' && status === 'fail');
  if (foreign || claims.issuer === null || !claims.issuer.startsWith('https://')) {
    const why = 'The issuer that the token names is not the one expected: it is not asked for keys.';
    return [
      notAsked('issuer-keys', why),
      notAsked('token-signature', 'There are no keys to verify it with.'),
    ];
  }
  const keys = await publishedKeys(claims.issuer, fetch);
  if (keys.kind === 'unread') {
    const why = `The issuer's keys could not be read from here: ${keys.why}. STS reads them over the internet, whatever this machine can reach.`;
    return [open('issuer-keys', why), open('token-signature', GIVE)];
  }
  const found = holds('issuer-keys', `${keys.from} has ${keys.keys.keys.length} keys.`);
  return [found, await signatureCheck(text, { ...keys, live: true })];
}

const GIVE =
  'Not verified without keys: give them with --jwks, for example from kubectl get --raw /openid/v1/jwks.';
