import * as z from 'zod';
import type { Mode } from '../../config/fixes.ts';
import type { Verdict } from '../applying.ts';
import type { Reading } from './reading.ts';

/** Who decided: as AWS STS told it, never as somebody said it. */
const approverSchema = z.strictObject({
  arn: z.string().min(20).max(2048).describe('The caller as GetCallerIdentity names it'),
  account: z.string().regex(/^\d{12}$/),
  userId: z.string().max(256),
});

export const decisionSchema = z.strictObject({
  /** Digest of the plan that it is about. */
  plan: z.string(),
  verdict: z.enum(['approved', 'rejected']),
  by: approverSchema,
  at: z.iso.datetime(),
  reason: z.string().max(1000).optional(),
});

export type Approver = z.infer<typeof approverSchema>;
export type Decision = z.infer<typeof decisionSchema>;

/** Whether a plan may run without anybody: what `autoEligibility` of the planners says. */
export type Eligibility =
  | { readonly eligible: true }
  | { readonly eligible: false; readonly reasons: readonly string[] };

interface ApprovalCase {
  readonly plan: string;
  readonly mode: Mode;
  readonly auto: Eligibility;
  readonly decision: Reading<Decision | null>;
  readonly approvalHours: number;
  readonly now: Date;
  readonly ownRoles: readonly string[];
}

/** Whether somebody who may approved just this plan and not too long ago, or nobody has to. A rejection holds in any mode. */
export function decideApproval(of: ApprovalCase): Verdict {
  const { plan, mode, auto, decision, approvalHours, now, ownRoles } = of;
  if (!decision.known) return no(`its approval could not be read (${decision.reason})`);
  const made = decision.value;
  if (made?.verdict === 'rejected') return no(`${made.by.arn} rejected it`);
  if (mode === 'auto' && auto.eligible) return { allowed: true };
  if (made === null) return no(waitingFor(mode, auto));
  if (made.plan !== plan) return no('the approval is about another plan: a changed plan needs a new one');
  if (hasExpired(made, approvalHours, now)) return no('the approval has expired: the plan needs a new one');
  if (isPodtrust(made.by, ownRoles)) return no('podtrust itself cannot approve');
  return { allowed: true };
}

/** Whether an approval is too old to write anything by it. */
export function hasExpired({ at }: Pick<Decision, 'at'>, approvalHours: number, now: Date): boolean {
  return !(now.getTime() - Date.parse(at) < approvalHours * 3_600_000);
}

function waitingFor(mode: Mode, auto: Eligibility): string {
  if (mode !== 'auto' || auto.eligible) return 'nobody has approved it yet';
  return `nobody has approved it yet, and it may not run by itself: ${auto.reasons.join('; ')}`;
}

const no = (reason: string): Verdict => ({ allowed: false, reason });

/** Whether a caller is one of podtrust's own roles: those of its functions, and those that it reads and writes accounts with. */
export function isPodtrust({ arn }: Pick<Approver, 'arn'>, ownRoles: readonly string[]): boolean {
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (role === undefined) return false;
  return /^podtrust-/i.test(role) || ownRoles.some((own) => own.toLowerCase() === role.toLowerCase());
}
