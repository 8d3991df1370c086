import { asffFinding } from './asff.ts';
import { neutralJson } from './neutral.ts';
import type { ReportInput } from './report.ts';

/**
 * Findings in the AWS Security Finding Format, in one JSON array: what `aws securityhub batch-import-findings` takes, a
 * hundred at a time. What was not decided is left out: Security Hub has no form for it.
 */
export function asffReport({ audit, takenAt, partitions, hub }: ReportInput): string {
  return neutralJson(
    audit.findings.map((finding) => {
      const account = hub?.account ?? finding.account;
      const place = {
        partition: partitions.get(account) ?? partitions.get(finding.account) ?? 'aws',
        region: hub?.region ?? finding.region ?? '',
        account,
      };
      const readAt = new Date(takenAt).toISOString();
      return asffFinding(finding, { since: readAt, readAt, fields: {} }, place);
    }),
  );
}
