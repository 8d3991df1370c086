/** The claims of a ServiceAccount token that STS looks at. Times are seconds since 1970. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly exp: number;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token for the simulated STS: the shape of a Kubernetes one, without a signature, worthless anywhere else. */
export function testToken(claims: {
  readonly issuer: string;
  readonly subject: string;
  readonly audience?: string;
  readonly expires: Date;
}): string {
  const payload = {
    aud: [claims.audience ?? 'sts.amazonaws.com'],
    exp: Math.floor(claims.expires.getTime() / 1000),
    iss: claims.issuer,
    sub: claims.subject,
  };
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`;
}

/** Reads a token's claims, or null when it is no token. */
export function readToken(token: string): Claims | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return null;
    const { iss, sub, aud, exp } = payload as Record<string, unknown>;
    if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') return null;
    const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
    return { iss, sub, aud: audiences, exp };
  } catch {
    return null;
  }
}
