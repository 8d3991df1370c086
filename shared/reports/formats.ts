import { asffReport } from './asff-report.ts';
import { csvReport } from './csv.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import { ocsfReport } from './ocsf.ts';
import type { ReportInput } from './report.ts';
import { sarifReport } from './sarif.ts';

/** The forms that an audit is written in. */
export const REPORT_FORMATS = {
  sarif: sarifReport,
  ocsf: ocsfReport,
  asff: asffReport,
  csv: csvReport,
  markdown: markdownReport,
  json: jsonReport,
} satisfies Readonly<Record<string, (input: ReportInput) => string>>;

export type ReportFormat = keyof typeof REPORT_FORMATS;
