import { issuerKey, parseProviderArn } from '../identity/issuer.ts';

/** Host and path: the characters that IAM takes in a provider's URL (CreateOpenIDConnectProvider), of sane length. */
const ISSUER = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]+(?:\/[\w.~/+=@-]*)?$/;
const LONGEST = 300;

/** Issuer without scheme by the ARN of an IAM OIDC provider, or undefined for anything else. */
export function issuerOfProvider(arn: string | undefined): string | undefined {
  const provider = arn === undefined ? null : parseProviderArn(arn);
  return provider === null ? undefined : issuer(provider.issuer.key);
}

/** Issuer without scheme by its URL, or undefined for anything else. */
export function issuerOfUrl(url: string | undefined): string | undefined {
  return url === undefined ? undefined : issuer(issuerKey(url));
}

/** Whether a text is an issuer as `issuerOfProvider` gives it. */
export function isIssuer(text: string): boolean {
  return text.length <= LONGEST && ISSUER.test(text);
}

function issuer(key: string): string | undefined {
  return isIssuer(key) ? key : undefined;
}
