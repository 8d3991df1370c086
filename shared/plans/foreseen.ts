import { findingOf } from '../audit/audit.ts';
import type { Change } from '../changes/change.ts';
import type { Plan } from '../changes/plan.ts';
import { buildEstate } from '../estate/build-estate.ts';
import type { Finding } from '../findings/finding.ts';
import { applyToSnapshot } from './apply-to-snapshot.ts';
import { failuresIn } from './failures-in.ts';
import type { PlanContext } from './plan-context.ts';
import { type FindingsByFingerprint, worseSince } from './worse.ts';

const MOST = 20;

/**
 * What somebody who asks for changes has to expect of them: each finding that they would bring, in words that the plan
 * carries and its approver reads. Whatever else arises when they are made was not foreseen, and takes them back.
 */
export function foreseenNotes(changes: readonly Change[], context: PlanContext): string[] {
  const { estate, config } = context;
  const after = buildEstate(applyToSnapshot(estate.snapshot, changes));
  const [was, is] = [findingsIn(context), findingsIn({ ...context, estate: after, config })];
  return worseSince(was, is, changes)
    .slice(0, MOST)
    .map((finding) => `${expected(finding)}: ${finding.detail}`.slice(0, 4000));
}

/** Whether a plan told that it would bring a finding. */
export function isForeseen(finding: Finding, { notes }: Pick<Plan, 'notes'>): boolean {
  return notes.some((note) => note.startsWith(`${expected(finding)}: `));
}

const expected = ({ rule, fingerprint }: Finding): string => `Expect ${rule} (${fingerprint}) afterwards`;

function findingsIn(context: PlanContext): FindingsByFingerprint {
  return new Map(
    failuresIn(context).map((failure) => {
      const finding = findingOf(failure, context.hash);
      return [finding.fingerprint, finding];
    }),
  );
}
