import { compareFindings } from '../../audit/order.ts';
import { orderOf, type ScopeAudit } from '../../findings/scope-audit.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import type { ScanTransition } from './judged.ts';

type Audit = Pick<ScopeAudit, 'readAt' | 'name'>;

/** Whether an order is that of an audit, or of its second part (recordInTurn). */
export function isOfAudit(order: string, audit: Audit): boolean {
  const own = orderOf(audit);
  return order === own || order === orderOf({ ...audit, name: `${audit.name}/whole` });
}

/**
 * The steps that an audit told, read from what is stored, so that a try that crashed after it told them knows them, too.
 * What became waived is no news.
 */
export function toldBy(audit: Audit, stored: readonly StoredFinding[]): readonly ScanTransition[] {
  const readAt = new Date(audit.readAt).toISOString();
  return stored
    .filter(({ decided, lastChanged }) => lastChanged === readAt && isOfAudit(decided, audit))
    .filter(({ finding }) => finding.status !== 'waived')
    .sort((a, b) => compareFindings(a.finding, b.finding))
    .map(({ finding: { status, fingerprint, rule, severity }, sequence }) => ({
      change: status === 'resolved' ? 'resolved' : sequence === 1 ? 'new' : 'changed',
      fingerprint,
      rule,
      severity,
    }));
}
