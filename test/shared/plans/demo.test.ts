import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { inverse } from '../../../shared/changes/change.ts';
import { planSchema } from '../../../shared/changes/plan.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { planFinding, plannableIn } from '../../../shared/plans/plan-finding.ts';
import { rules } from '../../../shared/rules/index.ts';
import { PLANTED, type PlantedFault } from '../../../simulator/demo/faults.ts';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { DECLARED, DECLINED, HIDDEN } from '../../support/demo-plans.ts';
import { expectForeignKept, planted } from '../../support/foreign.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Every trust policy has statements of somebody else around its own. */
const snapshot = planted(demoSnapshot());

const isAbout = (finding: Finding, { rule, account, at }: PlantedFault): boolean =>
  finding.rule === rule &&
  finding.account === account &&
  (at.role === undefined || finding.role === at.role) &&
  (at.cluster === undefined || finding.cluster === at.cluster) &&
  (at.principal === undefined || finding.principal === at.principal);

const guarded = PLANTED.filter(({ rule }) => rules.find(({ name }) => name === rule)?.fix === 'guarded');
const contextOf = (of: Snapshot) => ({ estate: buildEstate(of), config: DECLARED, hash, now: of.takenAt });
const context = contextOf(snapshot);
const found = audit(context.estate, { config: DECLARED, hash }).findings;
const fingerprints = new Set(found.map(({ fingerprint }) => fingerprint));

const findingOf = (fault: PlantedFault): Finding => {
  const finding = found.find((one) => isAbout(one, fault));
  if (finding === undefined) throw new Error(`not found: ${fault.what}`);
  return finding;
};
const declinedOf = (fault: PlantedFault) =>
  DECLINED.find(({ rule, at }) => rule === fault.rule && JSON.stringify(fault.at).includes(at));

describe('a planted fault whose rule is guarded', () => {
  it.each(
    guarded.filter((fault) => declinedOf(fault) === undefined).map((fault) => [fault.what, fault] as const),
  )('%s: plan, apply, audit again: resolved, nothing new, everything else byte for byte', (_, fault) => {
    const finding = findingOf(fault);
    const result = planFinding(finding.fingerprint, context);
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    const { plan } = result;
    expect(planSchema.safeParse(plan).error).toBeUndefined();
    expect(plan.blockers).toEqual([]);
    const later = applyToSnapshot(snapshot, plan.changes);
    const after = audit(buildEstate(later), { config: DECLARED, hash }).findings;
    expect(after.map(({ fingerprint }) => fingerprint)).not.toContain(finding.fingerprint);
    const fresh = after.filter(
      ({ fingerprint, rule }) => !fingerprints.has(fingerprint) && !HIDDEN.includes(rule),
    );
    expect(fresh.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([]);
    for (const change of plan.changes)
      if (change.kind === 'trust-policy') expectForeignKept(change.before ?? '', change.after ?? '');
    expectRestored(later, plan.changes);
  });

  it.each(
    guarded.filter((fault) => declinedOf(fault) !== undefined).map((fault) => [fault.what, fault] as const),
  )('%s: declined, with what is missing', (_, fault) => {
    const result = planFinding(findingOf(fault).fingerprint, context);
    expect(result).toMatchObject({ kind: 'declined' });
    if (result.kind === 'declined') expect(result.reasons.join(' ')).toMatch(declinedOf(fault)?.says ?? /^$/);
  });

  it('covers every guarded finding of the demo', () => {
    const known = new Set(guarded.map((fault) => findingOf(fault).fingerprint));
    const others = [...plannableIn(context).plannable.values()].filter(
      ({ finding }) => !known.has(finding.fingerprint) && finding.severity !== 'info',
    );
    // What is declared and kept out by a planted fault is given back by the plan for the fault.
    const [bindings = [], rest = []] = [
      others.filter(({ finding }) => finding.rule === 'no-missing-binding'),
      others.filter(({ finding }) => finding.rule !== 'no-missing-binding'),
    ];
    expect(rest.map(({ finding }) => `${finding.rule} ${finding.role}`)).toEqual([]);
    expect(bindings.length).toBeGreaterThan(0);
    for (const { finding } of bindings)
      expect(planFinding(finding.fingerprint, context)).toMatchObject({
        kind: 'declined',
        reasons: [expect.stringContaining('it is the same mistake')],
      });
  });
});

/** The changes turned around, the last first, lead back to the text that was there. */
function expectRestored(later: Snapshot, changes: Parameters<typeof applyToSnapshot>[1]): void {
  const back = [...changes].reverse().map((change) => inverse(change));
  if (back.includes(null)) return;
  const restored = applyToSnapshot(
    later,
    back.flatMap((change) => change ?? []),
  );
  const trusts = (of: Snapshot) =>
    of.accounts.flatMap(({ roles }) => (roles ?? []).map((role) => role.trustPolicy));
  expect(trusts(restored)).toEqual(trusts(snapshot));
}
