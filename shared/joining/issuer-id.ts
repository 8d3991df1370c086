import { parseIssuer } from '../identity/issuer.ts';

/**
 * What an issuer is looked up by across accounts: the id at its end in lower case, which slips of scheme, host, region,
 * slash and case leave as it is; the host of an issuer without a path.
 */
export function issuerId(text: string): string {
  const { host, path } = parseIssuer(text);
  const trimmed = path.replace(/\/+$/, '');
  const last = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  return (last === '' ? host : last).toLowerCase();
}
