import { distance } from 'fastest-levenshtein';
import { type Issuer, parseIssuer } from './issuer.ts';

/** How an issuer that was written resembles the right one. */
export interface IssuerNearMiss {
  readonly kind:
    | 'scheme'
    | 'slash'
    | 'case'
    | 'twin-host'
    | 'host-order'
    | 'region'
    | 'host'
    | 'path'
    | 'id-typo';
  /** What differs, to follow "it differs from the cluster's issuer: …". */
  readonly words: string;
}

/** Ids are 32 random hexadecimal digits, so that two of them share far fewer than this by accident. */
const MOST_TYPOS = 6;

/**
 * Names the way in which `written` misses `right`, or null when it is the same issuer or resembles it in nothing that
 * matters. Both with or without scheme.
 */
export function issuerNearMiss(written: string, right: Issuer): IssuerNearMiss | null {
  const text = written.trim();
  if (/^https?:\/\//i.test(text) && parseIssuer(text).key === right.key) {
    return { kind: 'scheme', words: 'it carries https://, which provider ARNs and condition keys leave out' };
  }
  if (text === right.key) return null;
  if (text === `${right.key}/`) return { kind: 'slash', words: 'it ends in a slash' };
  const issuer = parseIssuer(text);
  if (`${issuer.key}/` === right.key) return { kind: 'slash', words: 'it lacks the slash at its end' };
  if (issuer.key.toLowerCase() === right.key.toLowerCase()) {
    return {
      kind: 'case',
      words: 'upper and lower case differ, and IAM compares the ARN of a provider exactly',
    };
  }
  const writtenId = lastSegment(issuer.path);
  const rightId = lastSegment(right.path);
  if (writtenId === '' || rightId === '') return sameEmptyPath(issuer, right);
  if (writtenId.toLowerCase() === rightId.toLowerCase()) return hostNearMiss(issuer, right);
  const typos = distance(writtenId.toUpperCase(), rightId.toUpperCase());
  const truncated = writtenId.length >= 8 && rightId.startsWith(writtenId);
  if (right.eks && (typos <= MOST_TYPOS || truncated) && rightId.length >= 16) {
    return {
      kind: 'id-typo',
      words: `the id ${writtenId} is ${typos} ${typos === 1 ? 'character' : 'characters'} away from ${rightId}`,
    };
  }
  return null;
}

/** The same id under another address. */
function hostNearMiss(issuer: Issuer, right: Issuer): IssuerNearMiss {
  if (issuer.host === right.host) {
    return { kind: 'path', words: `the path is /${issuer.path} where the issuer has /${right.path}` };
  }
  const swapped = /^oidc\.([a-z0-9-]+)\.eks\.(.+)$/.exec(issuer.host);
  if (swapped && right.host === `oidc.eks.${swapped[1]}.${swapped[2]}`) {
    return {
      kind: 'host-order',
      words: `the host is ${issuer.host} where EKS has ${right.host}: region and eks are swapped`,
    };
  }
  if (issuer.eks && right.eks) {
    if (issuer.eks.region !== right.eks.region) {
      return {
        kind: 'region',
        words: `the region is ${issuer.eks.region} where the cluster is in ${right.eks.region}`,
      };
    }
    if (issuer.eks.dualStack !== right.eks.dualStack) {
      return {
        kind: 'twin-host',
        words: `${issuer.host} and ${right.host} are two addresses of one issuer, and tokens carry only the second`,
      };
    }
  }
  return { kind: 'host', words: `the host is ${issuer.host} where the issuer has ${right.host}` };
}

/** Issuers without a path have nothing but the host to go by. */
function sameEmptyPath(issuer: Issuer, right: Issuer): IssuerNearMiss | null {
  if (issuer.host === right.host) {
    return { kind: 'path', words: `the path is "/${issuer.path}" where the issuer has "/${right.path}"` };
  }
  return null;
}

function lastSegment(path: string): string {
  const named = path.replace(/\/+$/, '');
  return named.slice(named.lastIndexOf('/') + 1);
}
