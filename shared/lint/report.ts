import * as z from 'zod';
import { acceptanceSchema, SEVERITIES } from '../findings/finding.ts';

const position = {
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive().describe('In UTF-16 units'),
};

/** What `podtrust lint --format json` prints. */
export const lintSchema = z.strictObject({
  schemaVersion: z.literal(1),
  findings: z.array(
    z.strictObject({
      ...position,
      rule: z.string(),
      number: z.string(),
      severity: z.enum(SEVERITIES),
      message: z.string(),
      remedy: z.string(),
      fingerprint: z.string().describe('Stable id, whatever the line'),
      waiver: acceptanceSchema.optional().describe('Of a waived finding: who accepts it'),
    }),
  ),
  undecided: z
    .array(z.strictObject({ ...position, rule: z.string().optional(), reason: z.string() }))
    .describe('What the file alone does not decide: never a pass'),
  unreadable: z.array(z.strictObject({ ...position, error: z.string() })),
  summary: z.strictObject({
    files: z.number().int().describe('Files that were read'),
    skipped: z
      .array(z.string())
      .describe(
        'Files that are nothing that lint knows; folders that are not searched, with a slash at the end',
      ),
    fixed: z.number().int().describe('Findings that --fix mended'),
    findings: z.record(z.enum(SEVERITIES), z.number().int()).describe('Those that nobody accepts'),
    waived: z.number().int(),
  }),
});

export type LintReport = z.infer<typeof lintSchema>;
