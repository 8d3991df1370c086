import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { planSchema } from '../../../shared/changes/plan.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { isForeseen } from '../../../shared/plans/foreseen.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import { rules } from '../../../shared/rules/index.ts';
import { expectForeignKept, planted } from '../../support/foreign.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const fingerprintOf = ({ fingerprint }: Finding): string => fingerprint;

/** Rules whose failing example shows nobody who uses the role, or not which role is meant: anything would be a guess. */
const DECLINED: ReadonlySet<string> = new Set([
  'no-unknown-provider',
  'no-literal-wildcard',
  'no-missing-subject',
  'no-wildcard-subject',
  'no-fail-open-condition',
  'no-public-trust',
  'use-scoped-pod-identity-trust',
  'no-invalid-aws-auth',
  'no-invalid-role-annotation',
  'no-missing-annotated-role',
  'use-role-annotation',
  'no-double-binding',
]);

describe.each(rules.filter(({ fix }) => fix === 'guarded').map((rule) => [rule.name, rule] as const))(
  'the plan for the failing example of %s',
  (name, rule) => {
    const { snapshot: example, config } = rule.examples().fails;
    const snapshot = planted(example);
    const whole = { ...defaultConfig, ...config };
    const context = { estate: buildEstate(snapshot), config: whole, hash, now: snapshot.takenAt };
    const own = [...plannableIn(context).plannable.values()].filter(({ finding }) => finding.rule === name);
    const result = own[0] === undefined ? null : planOf(own[0], context);

    const planned = DECLINED.has(name) ? null : it;
    const declined = DECLINED.has(name) ? it : null;

    planned?.(
      'resolves the finding, brings none that it does not tell, and leaves foreign statements as they stand',
      () => {
        if (result?.kind !== 'plan') throw new Error(`no plan: ${JSON.stringify(result)}`);
        const { plan } = result;
        expect(planSchema.safeParse(result.plan).error).toBeUndefined();
        const after = buildEstate(applyToSnapshot(snapshot, plan.changes));
        const judged = audit(after, { config: whole, hash }).findings;
        expect(judged.filter((finding) => finding.rule === name)).toEqual([]);
        const known = new Set(audit(context.estate, { config: whole, hash }).findings.map(fingerprintOf));
        const fresh = judged.filter(
          (finding) => !known.has(finding.fingerprint) && !isForeseen(finding, plan),
        );
        expect(fresh.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([]);
        for (const change of plan.changes)
          if (change.kind === 'trust-policy') expectForeignKept(change.before ?? '', change.after ?? '');
      },
    );

    declined?.('is declined with what is missing', () => {
      expect(result).toMatchObject({ kind: 'declined' });
      if (result?.kind === 'declined') expect(result.reasons.join(' ').length).toBeGreaterThan(40);
    });
  },
);
