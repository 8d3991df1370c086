import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { planFinding } from '../../shared/plans/plan-finding.ts';
import { rules } from '../../shared/rules/index.ts';
import { PLANTED, type PlantedFault } from '../../simulator/demo/faults.ts';
import { sha256 } from '../support/changes.ts';
import { DECLARED, DECLINED, HIDDEN } from '../support/demo-plans.ts';
import { demoStage } from '../support/demo-stage.ts';

const judged = (snapshot: Snapshot): readonly Finding[] =>
  audit(buildEstate(snapshot), { config: DECLARED, hash: sha256 }).findings;

const isAbout = (finding: Finding, { rule, account, at }: PlantedFault): boolean =>
  finding.rule === rule &&
  finding.account === account &&
  (at.role === undefined || finding.role === at.role) &&
  (at.cluster === undefined || finding.cluster === at.cluster) &&
  (at.principal === undefined || finding.principal === at.principal);

const isGuarded = ({ rule }: PlantedFault) => rules.find(({ name }) => name === rule)?.fix === 'guarded';
const isDeclined = (fault: PlantedFault) =>
  DECLINED.some(({ rule, at }) => rule === fault.rule && JSON.stringify(fault.at).includes(at));

const first = await demoStage().read();
const before = judged(first);
const context = { estate: buildEstate(first), config: DECLARED, hash: sha256, now: first.takenAt };

function planFor(fault: PlantedFault): { readonly finding: Finding; readonly plan: Plan } {
  const finding = before.find((one) => isAbout(one, fault));
  if (finding === undefined) throw new Error(`not found: ${fault.what}`);
  const result = planFinding(finding.fingerprint, context);
  if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
  return { finding, plan: result.plan };
}

const faults = PLANTED.filter((fault) => isGuarded(fault) && !isDeclined(fault)).map(
  (fault) => [fault.what, fault] as const,
);

/**
 * What cannot be taken back to the byte. IAM fetches the thumbprint of a provider itself, EKS names the user of an entry,
 * and an add-on that failed is installed well; IAM and EKS refuse a principal that does not exist, and then the repair
 * stands as it did.
 */
const WAY_BACK: Readonly<Record<string, 'made by AWS' | 'refused by AWS'>> = {
  'no-orphan-provider': 'made by AWS',
  'use-pod-identity-agent': 'made by AWS',
  'no-tombstoned-access-entry': 'made by AWS',
  'no-degraded-principal': 'refused by AWS',
  'no-ghost-access-entry': 'refused by AWS',
};

describe('a planted fault, repaired at the simulated AWS', () => {
  it.each(faults)('%s: gone, nothing new, once is enough, and back to the byte', async (_what, fault) => {
    const { read, deskFor, picture } = demoStage();
    const { finding, plan } = planFor(fault);
    const desk = deskFor(plan);
    const untouched = await picture();
    expect(await desk.apply(plan.changes)).toMatchObject({ outcome: 'applied' });
    const after = judged(await read());
    expect(after.map(({ fingerprint }) => fingerprint)).not.toContain(finding.fingerprint);
    const known = new Set(before.map(({ fingerprint }) => fingerprint));
    const fresh = after.filter(({ fingerprint, rule }) => !known.has(fingerprint) && !HIDDEN.includes(rule));
    expect(fresh.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([]);
    const repaired = await picture();
    expect(await desk.apply(plan.changes)).toMatchObject({ outcome: 'applied', written: 0 });
    expect(await picture()).toBe(repaired);
    switch (WAY_BACK[fault.rule]) {
      case undefined:
        expect(await desk.undo(plan.changes)).toMatchObject({ outcome: 'applied' });
        return expect(await picture()).toBe(untouched);
      case 'made by AWS':
        return expect(await desk.undo(plan.changes)).toMatchObject({ outcome: 'applied' });
      case 'refused by AWS':
        expect(await desk.undo(plan.changes)).toMatchObject({ outcome: 'rolled-back' });
        return expect(await picture()).toBe(repaired);
    }
  });

  it.each(
    faults.filter(([, fault]) => planFor(fault).plan.changes.some(({ kind }) => kind === 'trust-policy')),
  )('%s: left alone when somebody edited the policy meanwhile', async (_what, fault) => {
    const { simulation, deskFor, picture } = demoStage();
    const { plan } = planFor(fault);
    const change = plan.changes.find(({ kind }) => kind === 'trust-policy');
    if (change?.kind !== 'trust-policy') throw new Error('unreachable');
    const { account, arn } = change.target;
    await simulation
      .as(account, `arn:aws:iam::${account}:role/somebody`)('iam', null, null)
      .send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: arn.slice(arn.lastIndexOf('/') + 1),
          PolicyDocument: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${account}:root"},"Action":"sts:AssumeRole"}]}`,
        }),
      );
    const theirs = await picture();
    expect(await deskFor(plan).apply(plan.changes)).toMatchObject({ outcome: 'stale' });
    expect(await picture()).toBe(theirs);
  });
});
