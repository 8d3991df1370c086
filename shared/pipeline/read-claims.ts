import * as z from 'zod';
import { parseSnapshot } from '../estate/parse-snapshot.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import type { Claims } from './claims.ts';
import { LostClaimError } from './errors.ts';
import { type ScopeRequest, scopeRequestSchema } from './scope-request.ts';

/** The requests that `begin` kept. Throws LostClaimError. */
export async function readRequests(claims: Claims, key: string): Promise<readonly ScopeRequest[]> {
  const text = await claims.get(key);
  try {
    return z.array(scopeRequestSchema).parse(JSON.parse(text));
  } catch (cause) {
    throw new LostClaimError(key, 'it does not hold requests', { cause });
  }
}

/** A snapshot that `collect` kept. Throws LostClaimError. */
export async function readSnapshot(claims: Claims, key: string): Promise<Snapshot> {
  const parsed = parseSnapshot(await claims.get(key));
  if (!('snapshot' in parsed)) throw new LostClaimError(key, parsed.error);
  return parsed.snapshot;
}
