import { neutralJson } from './neutral.ts';
import type { ReportInput } from './report.ts';

/** The audit itself, as `podtrust audit --output json` prints it (docs/schemas/audit.schema.json). */
export function jsonReport({ audit }: ReportInput): string {
  return neutralJson(audit);
}
