import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { planSchema } from '../../../shared/changes/plan.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import { rules } from '../../../shared/rules/index.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

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
    const { snapshot, config } = rule.examples().fails;
    const whole = { ...defaultConfig, ...config };
    const context = { estate: buildEstate(snapshot), config: whole, hash, now: snapshot.takenAt };
    const own = [...plannableIn(context).plannable.values()].filter(({ finding }) => finding.rule === name);
    const result = own[0] === undefined ? null : planOf(own[0], context);

    const planned = DECLINED.has(name) ? null : it;
    const declined = DECLINED.has(name) ? it : null;

    planned?.('resolves the finding and opens no other', () => {
      if (result?.kind !== 'plan') throw new Error(`no plan: ${JSON.stringify(result)}`);
      expect(planSchema.safeParse(result.plan).error).toBeUndefined();
      const after = buildEstate(applyToSnapshot(snapshot, result.plan.changes));
      const names = audit(after, { config: whole, hash, rules: [name] }).findings;
      expect(names).toEqual([]);
    });

    declined?.('is declined with what is missing', () => {
      expect(result).toMatchObject({ kind: 'declined' });
      if (result?.kind === 'declined') expect(result.reasons.join(' ').length).toBeGreaterThan(40);
    });
  },
);
