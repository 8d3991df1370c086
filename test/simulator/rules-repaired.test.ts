import { describe, expect, it } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import { inverse, targetKey } from '../../shared/changes/change.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { cameToLight } from '../../shared/pipeline/repair/came-to-light.ts';
import { isForeseen } from '../../shared/plans/foreseen.ts';
import { plannableIn, planOf } from '../../shared/plans/plan-finding.ts';
import type { Rule } from '../../shared/rules/define-rule.ts';
import { role } from '../../shared/rules/examples/estate.ts';
import { rules } from '../../shared/rules/index.ts';
import { inAccount } from '../support/attacks/attack.ts';
import { sha256 } from '../support/changes.ts';
import { stageOf } from '../support/demo-stage.ts';
import { expectForeignKept, planted } from '../support/foreign.ts';
import { meddled, THEIR_TRUST } from '../support/meddling.ts';
import { repairable } from '../support/repairable.ts';

const ACCOUNT = '111122223333';
const THEIRS = role({ arn: `arn:aws:iam::${ACCOUNT}:role/theirs`, trustPolicy: THEIR_TRUST });

/** An estate in which the rule finds something, at the simulated AWS, with the plan that repairs it. */
async function staged(rule: Rule) {
  const { snapshot, config } = repairable(rule);
  const whole = { ...defaultConfig, ...config };
  const there = inAccount(planted(snapshot), ({ roles = [] }) => ({ roles: [...roles, THEIRS] }));
  const stage = stageOf(there, ACCOUNT);
  const judged = (of: Snapshot): Map<string, Finding> =>
    new Map(
      audit(buildEstate(of), { config: whole, hash: sha256 }).findings.map((one) => [one.fingerprint, one]),
    );
  const first = await stage.read();
  const context = { estate: buildEstate(first), config: whole, hash: sha256, now: first.takenAt };
  const found = [...plannableIn(context).plannable.values()].find(
    ({ finding }) => finding.rule === rule.name,
  );
  if (found === undefined) throw new Error(`${rule.name} finds nothing`);
  const answer = planOf(found, context);
  if (answer.kind === 'declined') throw new Error(`declined: ${answer.reasons.join(' ')}`);
  return { ...stage, finding: found.finding, plan: answer.plan, judged, before: judged(first) };
}

const guarded = rules.filter(({ fix }) => fix === 'guarded').map((rule) => [rule.name, rule] as const);

/** What cannot be taken back to the byte, and why. */
const WAY_BACK: Readonly<Record<string, { readonly ends: 'another' | 'refused'; readonly why: string }>> = {
  'use-pod-identity-agent': { ends: 'another', why: 'an add-on that failed is not installed badly again' },
  'no-degraded-principal': { ends: 'refused', why: 'IAM takes no principal that does not exist' },
  'no-ghost-access-entry': { ends: 'refused', why: 'EKS makes no entry for a principal that does not exist' },
};

describe('the repair of', () => {
  it.each(guarded)('%s helps, harms nothing, is made once and taken back to the byte', async (name, rule) => {
    const { plan, finding, read, judged, before, deskFor, picture } = await staged(rule);
    const desk = deskFor(plan);
    const untouched = await picture();
    expect(await desk.apply(plan.changes)).toMatchObject({
      outcome: 'applied',
      written: plan.changes.length,
    });
    const after = judged(await read());
    expect([...after.keys()]).not.toContain(finding.fingerprint);
    const fresh = [...after.values()].filter(
      (one) => !before.has(one.fingerprint) && !isForeseen(one, plan) && !cameToLight(one, [finding]),
    );
    expect(fresh.map(({ rule: other, detail }) => `${other}: ${detail}`)).toEqual([]);
    for (const change of plan.changes)
      if (change.kind === 'trust-policy') expectForeignKept(change.before ?? '', change.after ?? '');
    const repaired = await picture();
    expect(await desk.apply(plan.changes)).toMatchObject({ outcome: 'applied', written: 0 });
    expect(await picture()).toBe(repaired);
    const back = WAY_BACK[name];
    expect(await desk.undo(plan.changes)).toMatchObject({
      outcome: back?.ends === 'refused' ? 'rolled-back' : 'applied',
    });
    if (back === undefined) expect(await picture()).toBe(untouched);
    if (back?.ends === 'refused') expect(await picture()).toBe(repaired);
    expect(plan.changes.map(inverse)).not.toContain(null);
  });

  it.each(guarded)('%s is stale whichever of its targets somebody changed', async (_name, rule) => {
    const { plan } = await staged(rule);
    const targets = new Set<string>();
    for (const [index, change] of plan.changes.entries()) {
      const theirs = meddled(change, THEIRS.arn);
      // Of what is made anew the first change meets what somebody made of it.
      if (theirs.length === 0 || targets.has(targetKey(change))) continue;
      targets.add(targetKey(change));
      const { deskFor, picture } = await staged(rule);
      expect(await deskFor({ changes: theirs }).apply(theirs, 'theirs')).toMatchObject({
        outcome: 'applied',
        written: theirs.length,
      });
      const changed = await picture();
      // What was written before it is taken back.
      expect(await deskFor(plan).apply(plan.changes)).toMatchObject({
        outcome: index === 0 ? 'stale' : 'rolled-back',
        reason: expect.stringContaining('not as it was when the plan was made'),
        change: index,
      });
      expect(await picture()).toBe(changed);
    }
    expect(targets.size).toBeGreaterThan(0);
  });
});

it('every kind of change but the one that nothing takes back is among them', async () => {
  const kinds = new Set<string>();
  for (const [, rule] of guarded) for (const { kind } of (await staged(rule)).plan.changes) kinds.add(kind);
  // No rule changes an authentication mode: only migrations do.
  expect([...kinds].sort()).toEqual([
    'access-entry',
    'access-policy',
    'addon',
    'aws-auth',
    'oidc-provider',
    'pod-identity-association',
    'service-account-annotation',
    'trust-policy',
  ]);
});
