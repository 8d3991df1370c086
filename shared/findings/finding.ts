import * as z from 'zod';
import { foundCauseSchema } from './cause.ts';

export const FINDINGS_VERSION = 1;

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

const KINDS = ['broken', 'open', 'rot', 'blind'] as const;
export type Kind = (typeof KINDS)[number];

const text = z.string();

/** Where a finding is: the narrowest names that are known. */
export const whereSchema = z.strictObject({
  account: text,
  region: text.optional(),
  cluster: text.optional(),
  clusterAccount: text.optional().describe('Account of the cluster, where it is another one than `account`'),
  namespace: text.optional(),
  serviceAccount: text.optional(),
  role: text.optional().describe('ARN'),
  principal: text.optional().describe('ARN'),
});

/** Who accepts a finding, why, and until when. */
export const acceptanceSchema = z.strictObject({
  owner: text,
  reason: text,
  ticket: text,
  expires: text.describe('The last day on which it is accepted, UTC'),
});

export const findingSchema = z.strictObject({
  fingerprint: text.describe('Stable id: survives reordering of statements and renaming of Sids'),
  rule: text.describe('Name of the rule'),
  number: text.describe('PT-…'),
  kind: z.enum(KINDS),
  severity: z.enum(SEVERITIES),
  status: z.enum(['open', 'waived', 'resolved']),
  ...whereSchema.shape,
  title: text,
  detail: text,
  evidence: z.record(z.string(), z.union([text, z.number(), z.boolean(), z.array(text)])),
  consequences: z
    .array(text)
    .describe('What follows from it, and the rules that would have fired without it'),
  remedy: text,
  waiver: acceptanceSchema.optional().describe('Of a waived finding: who accepts it'),
});

const coverageSchema = z.strictObject({
  rule: text.optional().describe('The rule that could not be decided; absent for the failed read itself'),
  subject: text,
  read: text.describe('The call that is missing, eks:ListAddons'),
  reason: text,
});

export const undecidedCountSchema = z.strictObject({
  rule: text.describe('Name of the rule; `*`: every rule, since the account was not read'),
  account: text.describe('Account of the cluster, or of what was asked; empty: several, summed up'),
  cluster: text.optional(),
  count: z.number(),
  whole: z
    .literal(true)
    .optional()
    .describe('What the rule looks at was not read: nothing is known of it there'),
});

const summarySchema = z.strictObject({
  accounts: z.number(),
  clusters: z.number(),
  roles: z.number(),
  findings: z.record(z.enum(SEVERITIES), z.number()).describe('Open ones'),
  waived: z.number(),
  coverage: z.number(),
});

/** A finding as an audit prints it. */
const auditFindingSchema = z.strictObject({
  ...findingSchema.shape,
  cause: foundCauseSchema
    .optional()
    .describe('The last change that CloudTrail recorded of it; only under --causes'),
});

/** What `podtrust audit --output json` prints. */
export const auditSchema = z.strictObject({
  schemaVersion: z.literal(FINDINGS_VERSION),
  findings: z.array(auditFindingSchema),
  coverage: z.array(coverageSchema),
  summary: summarySchema,
  undecided: z
    .array(undecidedCountSchema)
    .optional()
    .describe('How many checks were not decided, by rule and cluster; absent in what older versions wrote'),
});

export type Where = z.infer<typeof whereSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type AuditFinding = z.infer<typeof auditFindingSchema>;
export type Coverage = z.infer<typeof coverageSchema>;
export type UndecidedCount = Readonly<z.infer<typeof undecidedCountSchema>>;
export type Audit = z.infer<typeof auditSchema>;
export type Evidence = Finding['evidence'];
