import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Snapshot } from '../../../../shared/estate/snapshot.ts';
import { compile } from '../../../../shared/iam/compile.ts';
import { decide } from '../../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { webIdentityRequest } from '../../../../shared/iam/requests.ts';
import { serviceAccountChain } from '../../../../shared/identity/service-account-chain.ts';
import { planAnnotation } from '../../../../shared/plans/annotation/annotate.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../../shared/plans/auto-eligibility.ts';
import { ISSUER, ROLE_ARN } from '../../../../shared/rules/examples/estate.ts';
import { plannedCase, WEB_CALLERS } from '../../../support/planned-estates.ts';
import { contextOf } from '../../../support/planning.ts';

const PLACES = [
  { namespace: 'shop', serviceAccount: 'checkout' },
  { namespace: 'data', serviceAccount: 'etl' },
] as const;

/** The callers that the role of a snapshot lets in, by evaluating each of them. */
function letIn(snapshot: Snapshot): Set<string> {
  const { policy } = parsePolicy(snapshot.accounts[0]?.roles?.[0]?.trustPolicy ?? '', 'trust');
  if (policy === null) throw new Error('IAM would refuse it');
  const compiled = compile(policy);
  return new Set(
    WEB_CALLERS.filter(
      (caller) => decide(compiled, webIdentityRequest({ ...caller, roleArn: ROLE_ARN })) === 'allowed',
    ).map(({ subject, issuerKey, audience }) => `${subject} ${issuerKey} ${audience}`),
  );
}

it('an annotation with the trust that it needs lets in the one who was asked for, and nobody loses or gains by it', () => {
  let planned = 0;
  fc.assert(
    fc.property(plannedCase, fc.constantFrom(...PLACES), ({ snapshot, bindings }, place) => {
      const ask = (of: Snapshot) => {
        const context = contextOf(of, bindings);
        const [cluster] = context.estate.clusters;
        if (cluster === undefined) throw new Error('no cluster');
        return { context, cluster, asked: planAnnotation({ ...place, cluster, role: ROLE_ARN }, context) };
      };
      const { context, asked } = ask(snapshot);
      if (asked.kind === 'declined') expect(asked.reasons.join('').length).toBeGreaterThan(10);
      if (asked.kind !== 'plan') return;
      planned += 1;
      const { plan } = asked;
      const later = applyToSnapshot(snapshot, plan.changes);
      const [was, is] = [letIn(snapshot), letIn(later)];
      const name = `system:serviceaccount:${place.namespace}:${place.serviceAccount}`;
      expect(
        [...is].filter((one) => !was.has(one)).filter((one) => one !== `${name} ${ISSUER} sts.amazonaws.com`),
      ).toEqual([]);
      expect(is.isSupersetOf(was)).toBe(true);
      expect(is).toContain(`${name} ${ISSUER} sts.amazonaws.com`);
      expect(plan.proof.removes).toBe(false);
      expect(plan.proof.shown.filter(({ holds }) => holds === 'no')).toEqual([]);
      const declared = bindings.some(
        (one) =>
          'cluster' in one &&
          one.cluster.startsWith('arn:') &&
          one.namespace === place.namespace &&
          one.serviceAccount === place.serviceAccount,
      );
      expect(plan.intent.source).toBe(declared ? 'configuration' : 'approver');
      if (plan.changes.some(({ kind }) => kind === 'service-account-annotation'))
        expect(autoEligibility(plan, context).eligible).toBe(false);
      const again = ask(later);
      expect(again.asked.kind).toBe('done');
      const chain = serviceAccountChain({ ...place, cluster: again.cluster }, again.context.estate);
      expect(
        chain.steps.filter(({ status, rule }) => status === 'fail' && rule !== 'no-uninjected-pod'),
      ).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect(planned).toBeGreaterThan(20);
});
