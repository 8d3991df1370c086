import * as z from 'zod';

function bounded(most: number) {
  return z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= most && text.isWellFormed());
}

/** Limits of the Security Hub API reference (AwsSecurityFinding and its parts), counted in bytes. */
export const Asff = z.strictObject({
  SchemaVersion: z.literal('2018-10-08'),
  Id: bounded(512),
  ProductArn: z.string().regex(/^arn:[\w-]+:securityhub:[\w-]+:(\d{12}):product\/\1\/default$/),
  ProductName: bounded(128),
  CompanyName: bounded(128),
  GeneratorId: bounded(512),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  FirstObservedAt: z.iso.datetime(),
  LastObservedAt: z.iso.datetime(),
  CreatedAt: z.iso.datetime(),
  UpdatedAt: z.iso.datetime(),
  Title: bounded(256),
  Description: bounded(1_024),
  FindingProviderFields: z.strictObject({
    Severity: z.strictObject({
      Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
      Original: bounded(64),
    }),
    Types: z
      .array(
        z
          .string()
          .regex(
            /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){2}$/,
          ),
      )
      .min(1)
      .max(50),
  }),
  Remediation: z.strictObject({ Recommendation: z.strictObject({ Text: bounded(512) }) }),
  ProductFields: z.record(bounded(128), bounded(2_048)).refine((fields) => Object.keys(fields).length <= 50),
  Resources: z
    .array(
      z.strictObject({
        Type: z.enum(['AwsIamRole', 'AwsEksCluster', 'Other']),
        Id: bounded(512),
        Partition: z.string().regex(/^aws(-[a-z]+)*$/),
        Region: bounded(16).optional(),
        Details: z.strictObject({ Other: z.record(bounded(127), bounded(1_023)) }).optional(),
      }),
    )
    .min(1)
    .max(32),
  Compliance: z.strictObject({
    Status: z.enum(['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']),
    RelatedRequirements: z.array(z.string().min(1).max(64)).min(1).max(32).optional(),
  }),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
});
