import type { Finding } from '../findings/finding.ts';

/** Who accepts a finding until when, where that was decided, and why: one sentence, not made safe for any output. */
export function acceptance({ owner, reason, ticket, expires }: NonNullable<Finding['waiver']>): string {
  return `accepted by ${owner} until ${expires} (${ticket}): ${reason}`;
}
