import type { Claims } from '../../shared/pipeline/claims.ts';
import { LostClaimError } from '../../shared/pipeline/errors.ts';

/** Claims in this process. */
export function memoryClaims(kept = new Map<string, string>()): Claims {
  return {
    put: async (key, text) => void kept.set(key, text),
    get: async (key) => {
      const text = kept.get(key);
      if (text === undefined) throw new LostClaimError(key, 'it does not exist');
      return text;
    },
  };
}
