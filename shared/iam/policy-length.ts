/** Characters of a policy that count against its quota: white space outside of strings does not (IAM user guide, quotas). */
export function minifiedLength(text: string): number {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1').length;
}

/** Characters of a trust policy unless the account has another quota (IAM user guide, quotas). */
export const DEFAULT_TRUST_LENGTH = 2048;
