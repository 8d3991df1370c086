import type { Finding } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import { describeScope, type Scope, scopeKey } from './scope.ts';

/** The rule that only the pipeline can judge: a change arrived, and what it changed could not be read. */
export const NO_UNJUDGED_CHANGE = 'no-unjudged-change';

const LONGEST_REASON = 500;

/**
 * The finding that a change of a scope could not be judged: silence would read as a pass. It stays open until the scope
 * is read again. High, for what it hides can be anything.
 */
export function unjudgedChange(scope: Scope, reason: string, hash: (text: string) => string): Finding {
  const { account } = scope;
  const where =
    scope.kind === 'cluster' ? { account, region: scope.region, cluster: scope.cluster } : { account };
  const why = reason.slice(0, LONGEST_REASON);
  return {
    fingerprint: fingerprint(NO_UNJUDGED_CHANGE, where, [scopeKey(scope)], hash),
    rule: NO_UNJUDGED_CHANGE,
    number: 'PT-490',
    kind: 'blind',
    severity: 'high',
    status: 'open',
    ...where,
    title: 'A change could not be judged',
    detail: `The ${describeScope(scope)} was changed, and podtrust could not read what it is now: ${why}`,
    evidence: { scope: scopeKey(scope), reason: why },
    consequences: ['Whatever the change opened or broke is not known.'],
    remedy:
      'Give podtrust this read (`podtrust permissions` prints the policy of its read role); the next change, or the next scan, judges the account again.',
  };
}

/** Whether a finding is about this scope. */
export function isUnjudged(finding: Finding, scope: Scope): boolean {
  return finding.rule === NO_UNJUDGED_CHANGE && finding.evidence['scope'] === scopeKey(scope);
}
