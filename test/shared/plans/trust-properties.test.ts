import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Plan } from '../../../shared/changes/plan.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { minifiedLength } from '../../../shared/iam/policy-length.ts';
import { webIdentityRequest } from '../../../shared/iam/requests.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import { ISSUER, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { expectForeignKept, statementTexts } from '../../support/foreign.ts';
import { plannedCase, WEB_CALLERS } from '../../support/planned-estates.ts';
import { contextOf } from '../../support/planning.ts';

type TrustChange = Extract<Plan['changes'][number], { readonly kind: 'trust-policy' }>;

const trustChanges = (plan: Plan): TrustChange[] =>
  plan.changes.flatMap((change) => (change.kind === 'trust-policy' ? [change] : []));

/** The callers that a document lets in, by evaluating each of them. */
function letIn(text: string | null): Set<string> {
  const { policy } = parsePolicy(text ?? '', 'trust');
  if (policy === null) throw new Error(`IAM would refuse ${text}`);
  const compiled = compile(policy);
  const allowed = WEB_CALLERS.filter(
    (caller) => decide(compiled, webIdentityRequest({ ...caller, roleArn: ROLE_ARN })) === 'allowed',
  );
  return new Set(allowed.map(({ subject, issuerKey, audience }) => `${subject} ${issuerKey} ${audience}`));
}

/** Whether STS takes the tokens of a caller: the account has the provider, which lists their audience. */
const getsTokens = (caller: string): boolean =>
  !caller.includes('0123456789ABCDEF') && caller.endsWith(' sts.amazonaws.com');

/** What a finding is about, as far as it names it: a statement that has none of it in its text is not its business. */
function namesIn({ evidence }: Finding): string[] {
  const { provider, issuer, ids } = evidence;
  return [provider, issuer, ids].flat().flatMap((one) => (typeof one === 'string' ? [one] : []));
}

/** Statements that a plan has no business with stand as they stood, in their order; where nothing tells, all but one. */
function expectOthersKept(before: string, after: string, finding: Finding): void {
  const [old, new_] = [statementTexts(before), statementTexts(after)];
  const names = namesIn(finding);
  if (names.length === 0) expect(old.filter((one) => !new_.includes(one)).length).toBeLessThanOrEqual(1);
  const others = old.filter((one) => names.length > 0 && !names.some((name) => one.includes(name)));
  const kept = others.reduce((from, one) => (from < 0 ? from : new_.indexOf(one, from) + 1 || -1), 0);
  expect(kept, `${JSON.stringify(others)} in ${after}`).toBeGreaterThanOrEqual(0);
}

/** A caller as a session was observed: with a token for STS of the cluster's issuer. */
const observedAs = (subject: string): string => `${subject} ${ISSUER} sts.amazonaws.com`;

it('a plan for random trust policies and intents lets in nobody but those it says, and breaks nobody in silence', {
  timeout: 300_000,
}, () => {
  let [planned, weighed] = [0, 0];
  fc.assert(
    fc.property(plannedCase, ({ snapshot, bindings, foreign, observed }) => {
      const context = contextOf(snapshot, bindings);
      const findings = [...plannableIn(context).plannable.values()];
      for (const plannable of findings) {
        const result = planOf(plannable, context);
        if (result.kind === 'declined') {
          expect(result.reasons.join('').length).toBeGreaterThan(10);
          continue;
        }
        planned += 1;
        const { plan } = result;
        for (const { before, after } of trustChanges(plan)) {
          const [was, is] = [letIn(before), letIn(after)];
          const gained = [...is].filter((caller) => !was.has(caller));
          const meant = plan.proof.intended.join('\n');
          // A statement that fails open cannot be listed: only a person may say yes to it.
          const open = meant.includes('cannot be listed');
          if (open) expect(plan.intent.source).toBe('approver');
          else for (const caller of gained) expect(meant).toContain(caller.split(' ')[0]);
          if (gained.length > 0) expect(plan.proof.adds).toBe(true);
          if (plan.intent.source === 'none') expect(gained).toEqual([]);
          if ([...was].some((caller) => !is.has(caller) && getsTokens(caller)))
            expect(plan.proof.removes).toBe(true);
          expect(minifiedLength(after ?? '')).toBeLessThanOrEqual(4096);
          expectOthersKept(before ?? '', after ?? '', plannable.finding);
          if (foreign) expectForeignKept(before ?? '', after ?? '');
          const seen = observed.map(observedAs).filter((caller) => was.has(caller));
          if (plan.blockers.length === 0) expect(seen.filter((caller) => !is.has(caller))).toEqual([]);
          if (plan.proof.removes) weighed += seen.length;
        }
        for (const { claim, holds } of plan.proof.shown)
          if (claim !== 'account-wide' && plan.blockers.length === 0) expect(holds, claim).toBe('yes');
        const later = contextOf(applyToSnapshot(snapshot, plan.changes), bindings);
        const again = plannableIn(later).plannable.get(plannable.finding.fingerprint);
        if (plan.blockers.length === 0) expect(again?.finding.detail).toBeUndefined();
      }
    }),
    { numRuns: 400 },
  );
  expect(planned).toBeGreaterThan(100);
  // Plans that take nothing from anybody who was seen would prove nothing.
  expect(weighed).toBeGreaterThan(20);
});
