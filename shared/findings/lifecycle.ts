import { differences } from './differences.ts';
import { covers } from './doubt.ts';
import type { Finding } from './finding.ts';
import { keptFinding } from './kept-finding.ts';
import { inScope } from './scope.ts';
import { decidesAbsence, InvalidAuditError, orderOf, type ScopeAudit } from './scope-audit.ts';
import type { StoredFinding } from './stored.ts';
import { type Change, TRANSITION_VERSION, type Transition } from './transition.ts';

export interface LifecycleOptions {
  /** Hexadecimal hash of a text: makes the ids of transitions. */
  readonly hash: (text: string) => string;
  /** How long a resolved finding is remembered, 90 days unless told. */
  readonly keepResolvedDays?: number;
}

/** One write to one finding. */
export interface Step {
  /** What the step rests on; null: there was none. */
  readonly before: StoredFinding | null;
  readonly after: StoredFinding;
  /** null: nothing happened; only that it was seen is kept. */
  readonly transition: Transition | null;
}

/**
 * What an audit changes about the findings of its scope. `previous` are the stored findings of that scope. The same
 * input gives the same steps; findings that a newer audit (or this one) has decided already are left alone.
 * Throws InvalidAuditError when the audit reports something outside its scope.
 */
export function stepsOf(
  previous: readonly StoredFinding[],
  audit: ScopeAudit,
  options: LifecycleOptions,
): readonly Step[] {
  const order = orderOf(audit);
  const reported = reportedFindings(audit, options.hash);
  const known = new Map(previous.map((stored) => [stored.finding.fingerprint, stored]));
  const steps = [...reported.values()].map((finding) => {
    const before = known.get(finding.fingerprint) ?? null;
    return before !== null && before.decided >= order ? null : seen(before, finding, audit, options);
  });
  for (const before of previous) {
    const { finding, decided } = before;
    if (finding.status === 'resolved' || reported.has(finding.fingerprint) || decided >= order) continue;
    if (inScope(finding, audit.scope) && decidesAbsence(audit, finding))
      steps.push(advance(before, { ...finding, status: 'resolved' }, 'resolved', audit, options));
  }
  return steps.filter((step) => step !== null);
}

/** What the audit reports, each fingerprint once. */
function reportedFindings(
  { findings, scope, name }: ScopeAudit,
  hash: LifecycleOptions['hash'],
): ReadonlyMap<string, Finding> {
  const reported = new Map<string, Finding>();
  for (const finding of findings) {
    if (!inScope(finding, scope) || finding.status === 'resolved') {
      throw new InvalidAuditError(
        `The audit ${JSON.stringify(name.slice(0, 100))} reports ${finding.rule} ${finding.fingerprint}, which ` +
          'is outside its scope or resolved: hand over what is wrong in the scope, and nothing else.',
      );
    }
    if (!reported.has(finding.fingerprint)) reported.set(finding.fingerprint, keptFinding(finding, hash));
  }
  return reported;
}

/** The step for a finding that the audit reports; null when there is nothing to write. */
function seen(
  before: StoredFinding | null,
  finding: Finding,
  audit: ScopeAudit,
  options: LifecycleOptions,
): Step | null {
  if (before === null) {
    return advance(null, finding, finding.status === 'waived' ? 'waived' : 'new', audit, options);
  }
  const change = changeOf(before.finding, finding);
  if (change !== null) return advance(before, finding, change, audit, options);
  // Only under doubt does the scope's memory not tell a late audit that this one has seen it.
  if (!audit.doubts.some((doubt) => covers(doubt, finding))) return null;
  const after = { ...before, version: before.version + 1, decided: orderOf(audit) };
  return { before, after, transition: null };
}

function changeOf(before: Finding, after: Finding): Change | null {
  if (before.status !== after.status) return after.status === 'waived' ? 'waived' : 'reopened';
  return differences(before, after).length > 0 ? 'changed' : null;
}

/** The step that gives a stored finding another status, with all else as it was decided last. */
export function statusStep(
  before: StoredFinding,
  finding: Finding,
  { name, now, ...options }: LifecycleOptions & { readonly name: string; readonly now: Date },
): Step {
  const change = finding.status === 'waived' ? 'waived' : 'reopened';
  const audit: ScopeAudit = {
    name,
    readAt: now.toISOString(),
    scope: { kind: 'account', account: finding.account },
    findings: [finding],
    doubts: [],
    causes: [],
  };
  const step = advance(before, finding, change, audit, options);
  return { ...step, after: { ...step.after, decided: before.decided } };
}

/** The next step in a finding's life. */
function advance(
  before: StoredFinding | null,
  finding: Finding,
  change: Change,
  audit: ScopeAudit,
  { hash, keepResolvedDays = 90 }: LifecycleOptions,
): Step {
  const order = orderOf(audit);
  const readAt = new Date(audit.readAt).toISOString();
  const life = before?.life ?? order;
  const sequence = (before?.sequence ?? 0) + 1;
  const firstSeen = before?.firstSeen ?? readAt;
  const resolved = finding.status === 'resolved';
  const effect = audit.effectFor?.(finding);
  const lastChange = audit.lastChangeFor?.(finding);
  return {
    before,
    after: {
      finding,
      life,
      sequence,
      version: (before?.version ?? 0) + 1,
      decided: order,
      firstSeen,
      lastChanged: readAt,
      ...(resolved && { expires: Math.ceil(Date.parse(readAt) / 1000) + keepResolvedDays * 86_400 }),
    },
    transition: {
      schemaVersion: TRANSITION_VERSION,
      id: hash(JSON.stringify([finding.fingerprint, life, sequence])),
      change,
      sequence,
      finding,
      before: before === null ? null : { status: before.finding.status, severity: before.finding.severity },
      differs: before === null ? [] : differences(before.finding, finding),
      firstSeen,
      readAt,
      audit: audit.name,
      causes: [...(audit.causesFor?.(finding) ?? audit.causes)],
      ...(effect !== undefined && { effect }),
      ...(lastChange !== undefined && { lastChange }),
    },
  };
}
