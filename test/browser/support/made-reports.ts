import { inject } from 'vitest';
import { countsOf } from '../../../shared/audit/audit.ts';
import { type Audit, type AuditFinding, SEVERITIES } from '../../../shared/findings/finding.ts';
import { readPageAssets } from '../../../shared/lambda/page-assets.ts';
import { htmlReport } from '../../../shared/reports/html/html-report.ts';
import type { HtmlReportInput } from '../../../shared/reports/html/report-data.ts';
import { rules } from '../../../shared/rules/index.ts';
import { findingOf } from '../../support/findings.ts';

/** An audit of these findings. */
export function auditOf(findings: readonly AuditFinding[], coverage: Audit['coverage'] = []): Audit {
  return {
    schemaVersion: 1,
    findings: [...findings],
    coverage,
    summary: { accounts: 1, clusters: 1, roles: 1, ...countsOf(findings), coverage: coverage.length },
  };
}

/** A report of these findings, around the page as it is built. */
export async function reportOf(judged: Audit, more: Partial<HtmlReportInput> = {}): Promise<string> {
  const input = { audit: judged, takenAt: '2026-11-22T12:00:00Z', version: '0.1.0', partitions: new Map() };
  return htmlReport({ ...input, ...more }, await readPageAssets(inject('page')));
}

/** So many findings over every rule, fifty clusters and ten accounts. */
export function manyFindings(count: number): AuditFinding[] {
  return Array.from({ length: count }, (_, index) => {
    const rule = rules[index % rules.length] ?? rules[0];
    const account = String(100_000_000_000 + (index % 10));
    return findingOf({
      fingerprint: index.toString(16).padStart(32, '0'),
      rule: rule?.name ?? '',
      number: rule?.number ?? '',
      kind: rule?.kind ?? 'open',
      severity: SEVERITIES[index % 5] ?? 'low',
      account,
      region: 'eu-west-1',
      cluster: `cluster-${index % 50}`,
      namespace: `team-${index % 97}`,
      serviceAccount: `app-${index}`,
      role: `arn:aws:iam::${account}:role/team-${index % 97}/app-${index}`,
      title: rule?.title ?? '',
      detail: `app-${index} of team-${index % 97} is what this finding is about, in a sentence as long as they are.`,
    });
  });
}
