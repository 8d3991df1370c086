import type { Records } from '../../shared/changes/repairs/records.ts';
import type { Claims } from '../../shared/pipeline/claims.ts';
import { LostClaimError } from '../../shared/pipeline/errors.ts';

/** Snapshots beside the repairs that they are compared with; one that the medium does not take is kept in this process. */
export function repairClaims(records: Records): Claims {
  const here = new Map<string, string>();
  return {
    put: async (key, text) => {
      here.set(key, text);
      await records.write('claims', key, text, 0).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'TooLargeRecordError')) throw error;
      });
    },
    get: async (key) => {
      const text = here.get(key) ?? (await records.read('claims', key))?.body;
      if (text === undefined) throw new LostClaimError(key, 'it does not exist');
      return text;
    },
  };
}
