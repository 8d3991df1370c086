import type { Finding } from '../findings/finding.ts';
import { acceptance } from '../waivers/acceptance.ts';
import type { ReportInput } from './report.ts';
import { sarifLog } from './sarif-log.ts';

/** Findings as SARIF 2.1.0: a live estate has no files, so that each result has a name for a place. */
export function sarifReport({ audit, version }: ReportInput): string {
  return sarifLog({
    version,
    results: audit.findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      message: finding.detail,
      remedy: finding.remedy,
      fingerprint: finding.fingerprint,
      ...(finding.waiver !== undefined && { suppressed: acceptance(finding.waiver) }),
      place: { kind: 'name', name: nameOf(finding) },
    })),
    notes: audit.coverage.map(({ rule, subject, read, reason }) => ({
      ...(rule === undefined ? {} : { rule }),
      text: `${subject}: ${read}: ${reason}`,
    })),
  });
}

function nameOf(finding: Finding): string {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  return [account, region, cluster, namespace, serviceAccount, role, principal]
    .filter((part) => part !== undefined)
    .join('/');
}
