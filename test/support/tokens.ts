import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const ISSUER_URL = 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
const KID = 'key-1';

/** What a token of a test differs in. */
interface TokenChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** An issuer that signs tokens as EKS does, and publishes its keys. */
export interface TestIssuer {
  /** The JSON Web Key Set, as text. */
  readonly jwks: string;
  /** The public key's modulus, as somebody would misuse it for HS256. */
  readonly publicKey: string;
  readonly sign: (changes?: TokenChanges) => Promise<string>;
}

/** Claims of shop/checkout's token for STS, as the API server makes them. */
export function claimsAt(now: Date): Record<string, unknown> {
  const seconds = Math.floor(now.getTime() / 1000);
  return {
    iss: ISSUER_URL,
    sub: 'system:serviceaccount:shop:checkout',
    aud: ['sts.amazonaws.com'],
    iat: seconds,
    nbf: seconds,
    exp: seconds + 600,
    jti: '0b5dd2a5-4a5b-4a5c-8a5d-000000000000',
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'checkout', uid: 'u-1' } },
  };
}

/** Makes an issuer with a key of its own. */
export async function testIssuer(now: Date): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwks: JSON.stringify({ keys: [{ ...jwk, kid: KID, alg: 'RS256', use: 'sig' }] }),
    publicKey: jwk.n ?? '',
    sign: async ({ header = {}, claims = {} } = {}) =>
      new SignJWT({ ...claimsAt(now), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: KID, ...header })
        .sign(privateKey),
  };
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of any header, payload and signature, which nobody signed. */
export function forged(header: unknown, payload: unknown, signature = 'c2lnbmF0dXJl'): string {
  return `${encoded(header)}.${encoded(payload)}.${signature}`;
}

/** The token with another payload under the old signature. */
export function withPayload(token: string, changes: Readonly<Record<string, unknown>>): string {
  const [header, payload = '', signature] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return `${header}.${encoded({ ...claims, ...changes })}.${signature}`;
}

/** What must never appear anywhere: the token, each part of it, and the signature above all. */
export function secretsOf(token: string): string[] {
  return [token, ...token.split('.').filter((part) => part.length > 20)];
}
