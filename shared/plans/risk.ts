import { isIrreversible } from '../changes/change.ts';
import type { Plan } from '../changes/plan.ts';

/** How much a plan can break or open, and why; the first of the reasons weighs most. */
export function riskOf({
  changes,
  proof,
  intent,
  wakes,
  blockers,
  approval,
}: Pick<Plan, 'changes' | 'proof' | 'intent' | 'wakes' | 'blockers' | 'approval'>): Plan['risk'] {
  const { rehearsal } = proof;
  const blind = proof.removes && !(rehearsal.source !== 'none' && rehearsal.complete);
  const high = [
    ...blockers,
    ...(changes.some(isIrreversible) ? ['It cannot be undone.'] : []),
    ...wakes.map((words) => `It wakes: ${words}`),
  ];
  const medium = [
    ...approval,
    ...(intent.source === 'approver' ? ['Somebody gets in whom no configuration declares.'] : []),
    ...(blind ? ['Somebody loses access, and who uses it is not completely known.'] : []),
    ...proof.unknowns,
  ];
  const reasons = [...high, ...medium].map((text) => text.slice(0, 1000)).slice(0, 20);
  return { level: high.length > 0 ? 'high' : medium.length > 0 ? 'medium' : 'low', reasons };
}
