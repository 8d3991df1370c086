/** EKS issuers: the name of a cluster in provider ARNs and condition keys. */

export interface Issuer {
  /**
   * Host lower-cased and path as written, without scheme: what provider ARNs and condition keys carry. A slash at the end
   * belongs to it, but for EKS, whose issuers never end in one.
   */
  readonly key: string;
  readonly host: string;
  /** Path without the leading slash. */
  readonly path: string;
  /** Set when the issuer looks like one of EKS. */
  readonly eks?: { readonly region: string; readonly id: string; readonly dualStack: boolean };
}

/** `oidc.eks.<region>.amazonaws.com[.cn]`, and dual-stack `oidc-eks.<region>.api.aws` and its partition variants. */
const SINGLE_STACK = /^oidc\.eks\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|[a-z0-9.-]+)$/;
const DUAL_STACK = /^oidc-eks\.([a-z0-9-]+)\.api\.[a-z0-9.-]+$/;

/** True for hosts of EKS, even with mistakes in them. */
export function isEksHost(host: string): boolean {
  return /(^|[.-])eks([.-]|$)/i.test(host);
}

/**
 * An issuer's name without the slash at its end where that is a slip. Issuers of others are what they are: those of AKS
 * and Microsoft Entra end in one, and so do the ARNs of their providers and their condition keys.
 */
export function withoutStraySlash(issuer: string): string {
  return isEksHost(issuer.replace(/\/.*$/s, '')) ? issuer.replace(/\/+$/, '') : issuer;
}

/** Reads an issuer with or without `https://`; never throws. */
export function parseIssuer(text: string): Issuer {
  const bare = withoutStraySlash(text.trim().replace(/^https?:\/\//i, ''));
  const slash = bare.indexOf('/');
  const host = (slash < 0 ? bare : bare.slice(0, slash)).toLowerCase();
  const path = slash < 0 ? '' : bare.slice(slash + 1);
  const key = slash < 0 ? host : `${host}/${path}`;
  const dual = DUAL_STACK.exec(host);
  const region = (dual ?? SINGLE_STACK.exec(host))?.[1];
  const id = /^id\/([^/]+)$/.exec(path)?.[1];
  if (region === undefined || id === undefined) return { key, host, path };
  return { key, host, path, eks: { region, id, dualStack: dual !== null } };
}

/** The key of an issuer, for comparison and indexes. */
export function issuerKey(text: string): string {
  return parseIssuer(text).key;
}

const PROVIDER_ARN = /^arn:([^:]*):iam::(\d{12}):oidc-provider\/(.+)$/;

export interface ProviderArn {
  readonly partition: string;
  readonly account: string;
  readonly issuer: Issuer;
}

/** Parts of an OIDC provider's ARN, or null for anything else. */
export function parseProviderArn(arn: string): ProviderArn | null {
  const match = PROVIDER_ARN.exec(arn);
  if (!match?.[1] || !match[2] || !match[3]) return null;
  return { partition: match[1], account: match[2], issuer: parseIssuer(match[3]) };
}

/** The provider ARN that a role's account needs for an issuer. */
export function providerArnFor(partition: string, account: string, issuer: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${issuerKey(issuer)}`;
}
