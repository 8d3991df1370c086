import type { Finding } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import { noUnjudgedChange } from '../rules/evented/no-unjudged-change.ts';
import { describeScope, type Scope, scopeKey } from './scope.ts';

const LONGEST_REASON = 500;

/**
 * The finding that a change of a scope could not be judged: silence would read as a pass. It stays open until the scope
 * is read again. High, for what it hides can be anything.
 */
export function unjudgedChange(scope: Scope, reason: string, hash: (text: string) => string): Finding {
  const rule = noUnjudgedChange;
  const { account } = scope;
  const where =
    scope.kind === 'cluster' ? { account, region: scope.region, cluster: scope.cluster } : { account };
  const why = reason.slice(0, LONGEST_REASON);
  return {
    fingerprint: fingerprint(rule.name, where, [scopeKey(scope)], hash),
    rule: rule.name,
    number: rule.number,
    kind: rule.kind,
    severity: 'high',
    status: 'open',
    ...where,
    title: rule.title,
    detail: `The ${describeScope(scope)} was changed, and podtrust could not read what it is now: ${why}`,
    evidence: { scope: scopeKey(scope), reason: why },
    consequences: ['Whatever the change opened or broke is not known.'],
    remedy: rule.remedy,
  };
}

/** Whether a finding is about this scope. */
export function isUnjudged(finding: Finding, scope: Scope): boolean {
  return finding.rule === noUnjudgedChange.name && finding.evidence['scope'] === scopeKey(scope);
}
