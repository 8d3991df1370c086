/** Condition keys of web identities: `<issuer>:sub`, `<issuer>:aud`. */
import { withoutStraySlash } from './issuer.ts';

export interface ClaimKey {
  /** Lower-cased issuer without scheme, ARN prefix and, for EKS, trailing slash: condition keys ignore case. `''`: none is named. */
  readonly issuer: string;
  /** Lower-cased claim, `sub`; `''` when the key ends after the issuer. */
  readonly claim: string;
  /** What stands around the issuer that IAM does not expect there. */
  readonly dirt: 'https://' | 'ARN prefix' | 'trailing slash' | 'white space' | null;
}

const SCHEME = /^https?:\/\//;
const ARN_PREFIX = /^arn:[^:]*:iam:[^:]*:[^:]*:oidc-provider\//;

const HOST = /^[^:/]+\.[^:/]+(:\d+)?(\/|$)/;
/** A template's variable that was never replaced: CloudFormation leaves keys of an object alone. */
const UNREPLACED = /^\$\{[^}]*\}/;

/** A claim with nothing before it, or with the service's name: keys of STS's own that do not exist. */
const WITHOUT_ISSUER = /^(?:sts:)?(sub|aud)$/;

/** Claims that a key can name besides the two that matter here (IAM user guide, keys for OIDC federation). */
const CLAIM = /^[a-z0-9_.-]*$/;

/** Reads a condition key, however clumsily written, or null when it names no issuer (`aws:…`, other keys of `sts:`, `saml:…`). */
export function parseClaimKey(key: string): ClaimKey | null {
  const trimmed = key.trim().toLowerCase();
  const [, alone] = WITHOUT_ISSUER.exec(trimmed) ?? [];
  if (alone !== undefined) return { issuer: '', claim: alone, dirt: null };
  const bare = trimmed.replace(ARN_PREFIX, '').replace(SCHEME, '');
  const slash = bare.lastIndexOf('/');
  const colon = bare.lastIndexOf(':');
  const ends = colon > slash && CLAIM.test(bare.slice(colon + 1));
  const written = ends ? bare.slice(0, colon) : bare;
  const issuer = withoutStraySlash(written.replace(/:+$/, ''));
  const named = HOST.test(issuer) || (ends && UNREPLACED.test(issuer));
  if (!named && !ARN_PREFIX.test(trimmed) && !SCHEME.test(trimmed)) return null;
  return { issuer, claim: ends ? bare.slice(colon + 1) : '', dirt: dirtOf(key, trimmed, written, issuer) };
}

function dirtOf(key: string, trimmed: string, written: string, issuer: string): ClaimKey['dirt'] {
  if (ARN_PREFIX.test(trimmed)) return 'ARN prefix';
  if (SCHEME.test(trimmed)) return 'https://';
  if (written !== issuer) return 'trailing slash';
  return key.trim() === key ? null : 'white space';
}
