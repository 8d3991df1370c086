import type { Finding } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import { noUnjudgedChange } from '../rules/evented/no-unjudged-change.ts';
import { describeScope, type RoleScope, type Scope, scopeKey } from './scope.ts';
import type { ScopeRequest } from './scope-request.ts';

const LONGEST_REASON = 500;

/**
 * The finding that a change of a scope could not be judged: silence would read as a pass. It stays open until the scope
 * is read again. High, for what it hides can be anything.
 */
export function unjudgedChange(
  { scope, firstWrittenAt }: Pick<ScopeRequest, 'scope' | 'firstWrittenAt'>,
  reason: string,
  hash: (text: string) => string,
): Finding {
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
    evidence: {
      scope: scopeKey(scope),
      reason: why,
      ...(firstWrittenAt !== undefined && { firstWrittenAt }),
    },
    consequences: ['Whatever the change opened or broke is not known.'],
    remedy: rule.remedy,
  };
}

/** The role whose trust policy was written without being judged, and when first; null for any other finding. */
export function unjudgedTrust({
  rule,
  status,
  evidence,
}: Finding): { scope: RoleScope; written: string } | null {
  const { scope, firstWrittenAt } = evidence;
  if (rule !== noUnjudgedChange.name || status === 'resolved') return null;
  if (typeof scope !== 'string' || typeof firstWrittenAt !== 'string') return null;
  const [, account, role] = /^role\/(\d{12})\/([\w+=,.@-]+)$/.exec(scope) ?? [];
  if (account === undefined || role === undefined) return null;
  return { scope: { kind: 'role', account, role }, written: firstWrittenAt };
}

/** Whether a finding is about this scope. */
export function isUnjudged(finding: Finding, scope: Scope): boolean {
  return finding.rule === noUnjudgedChange.name && finding.evidence['scope'] === scopeKey(scope);
}
