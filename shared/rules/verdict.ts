/** What was found, as plain data: message, severity and fingerprint are functions of it. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Pass {
  readonly verdict: 'pass';
}

export interface Fail<E extends Facts> {
  readonly verdict: 'fail';
  readonly evidence: E;
}

export interface Unknown {
  readonly verdict: 'unknown';
  /** The call that would decide it, `eks:ListAddons`. */
  readonly read: string;
  readonly reason: string;
}

export type Verdict<E extends Facts> = Pass | Fail<E> | Unknown;

/** The subject is sound. */
export const pass: Pass = { verdict: 'pass' };

/** The subject is at fault, and this shows it. */
export function fail<const E extends Facts>(evidence: E): Fail<E> {
  return { verdict: 'fail', evidence };
}

/** The subject cannot be judged without a read that is missing. */
export function unknown(missing: { readonly read: string; readonly reason: string }): Unknown {
  return { verdict: 'unknown', read: missing.read, reason: missing.reason };
}
