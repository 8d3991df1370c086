import type { Finding } from '../../shared/findings/finding.ts';
import type { FindingScope } from '../../shared/findings/scope.ts';
import type { ScopeAudit } from '../../shared/findings/scope-audit.ts';
import { sha256 } from '../../shared/lambda/hash.ts';

export const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/pods/Payments-API`;
export const ROLE_SCOPE: FindingScope = { kind: 'role', account: ACCOUNT, role: 'payments-api' };

/** Who accepts a finding. */
export const WAIVER = {
  owner: 'platform@example.com',
  reason: 'moves to Pod Identity in the first quarter',
  ticket: 'SEC-812',
  expires: '2027-03-31',
} as const;

/** A finding about the role payments-api. */
export function findingOf(change: Partial<Finding> = {}): Finding {
  const rule = change.rule ?? 'no-public-trust';
  const place = [change.account ?? ACCOUNT, change.cluster, change.role ?? ROLE, change.namespace];
  return {
    fingerprint: sha256(JSON.stringify([rule, place])).slice(0, 32),
    rule,
    number: 'PT-101',
    kind: 'open',
    severity: 'critical',
    status: 'open',
    account: ACCOUNT,
    role: ROLE,
    title: 'Anyone can assume the role',
    detail: 'Statement 1 trusts everyone.',
    evidence: { principals: ['*'], statement: 1 },
    consequences: [],
    remedy: 'Name the principals.',
    ...change,
  };
}

/** An audit of the role payments-api, read at a second of one minute. */
export function auditOf(second: number, change: Partial<ScopeAudit> = {}): ScopeAudit {
  const readAt = `2026-11-20T09:14:${String(second).padStart(2, '0')}.000Z`;
  return {
    name: `audit-${second}`,
    readAt,
    scope: ROLE_SCOPE,
    findings: [],
    doubts: [],
    causes: [],
    ...change,
  };
}
