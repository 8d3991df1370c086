import { distance } from 'fastest-levenshtein';
import { STS_AUDIENCE } from './service-account.ts';

/** Typing mistakes that still mean the audience of STS: no name of a service comes so near. */
const MOST_TYPOS = 3;

/**
 * Says how an audience misses the one of STS, or null when it is that one or a custom audience, which a ServiceAccount
 * may ask for by its `eks.amazonaws.com/audience` annotation.
 */
export function audienceWords(audience: string): string | null {
  if (audience === STS_AUDIENCE) return null;
  const bare = audience.trim().toLowerCase();
  if (bare === STS_AUDIENCE) {
    return audience.trim() === audience ? 'upper and lower case count' : 'it has white space around it';
  }
  if (/^https?:\/\/sts\./.test(bare)) return 'the audience of STS is written without https://';
  if (bare === `${STS_AUDIENCE}.cn`) return 'tokens of EKS carry sts.amazonaws.com in China too';
  if (/^sts[.-][a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(bare))
    return 'the audience of STS names no region';
  if (bare === 'pods.eks.amazonaws.com') return 'that is the audience of EKS Pod Identity';
  if (/^https:\/\/kubernetes\.default\.svc/.test(bare))
    return 'that is the audience of the Kubernetes API server';
  if (bare === 'amazonaws.com' || bare === 'sts') return 'that is only a part of the audience of STS';
  if (distance(bare, STS_AUDIENCE) <= MOST_TYPOS) return `it comes near ${STS_AUDIENCE}, and is not it`;
  return null;
}
