import { compactVerify, createLocalJWKSet, errors } from 'jose';
import { fails, holds, open, type ProbeCheck } from './check.ts';
import { ALGORITHMS } from './judge-token.ts';
import type { Keys } from './keys.ts';

/** Where keys come from: the issuer now, or a file that may be older than the token. */
export interface KeySource {
  readonly keys: Keys;
  readonly from: string;
  readonly live: boolean;
}

/** Verifies a token's signature with public keys, by the algorithms that STS takes. Never rejects, repeats nothing of it. */
export async function signatureCheck(text: string, { keys, from, live }: KeySource): Promise<ProbeCheck> {
  try {
    await compactVerify(text, createLocalJWKSet(keys), { algorithms: ALGORITHMS });
    return holds('token-signature', `It verifies with a key of ${from}.`);
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return fails('token-signature', `It does not verify with the key of ${from} that its header names.`);
    if (error instanceof errors.JOSEAlgNotAllowed)
      return fails('token-signature', 'It is not verified: its algorithm is none that STS takes.');
    if (error instanceof errors.JWKSNoMatchingKey) return noKey(from, live);
    if (error instanceof errors.JWKSMultipleMatchingKeys)
      return open(
        'token-signature',
        `Its header names no key (kid), and ${from} has several that may be meant.`,
      );
    return fails('token-signature', `It cannot be verified with the keys of ${from}: ${reasonOf(error)}.`);
  }
}

/** Keys of EKS change every week (Amazon EKS user guide, IRSA), so that a file says little of a key that it lacks. */
function noKey(from: string, live: boolean): ProbeCheck {
  const detail = `${from} has no key that its header names for its algorithm`;
  return live
    ? fails('token-signature', `${detail}: the issuer did not sign it, or no longer publishes the key.`)
    : open('token-signature', `${detail}: the file may be older than the token; fetch it anew.`);
}

/** The kind of the error alone: its message may speak of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof Error ? error.name : 'an error';
}
