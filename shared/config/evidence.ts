import * as z from 'zod';

/** Names that go into a query between quotation marks: nothing in them can end those. */
const identifier = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/, 'a name of letters, digits, "_" and "-"');

const trailSchema = z.strictObject({
  database: identifier.describe('Database of the AWS Glue Data Catalog'),
  table: identifier.describe("Table over the trail's log files, with CloudTrail's columns"),
  catalog: identifier.default('AwsDataCatalog'),
  region: z
    .string()
    .regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d$/, 'a region looks like eu-west-1')
    .optional()
    .describe('Region of the table. Absent: the region of the credentials'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks')
    .optional()
    .describe("Account whose Athena is asked, through the read role. Absent: the caller's own"),
  workgroup: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/, "a workgroup's name")
    .default('primary'),
  output: z
    .string()
    .regex(/^s3:\/\/[a-z0-9.-]{3,63}(?:\/[\w./=+@-]*)?$/, 'a location looks like s3://bucket/folder/')
    .optional()
    .describe("Where Athena writes results. Absent: the workgroup's location"),
  days: z.number().int().min(1).max(90).default(7).describe('How far back is looked'),
  seconds: z
    .number()
    .int()
    .min(10)
    .max(3600)
    .default(300)
    .describe('Longest time for the query; after it the query is stopped'),
  partitions: z
    .strictObject({
      day: z
        .strictObject({
          column: identifier.default('timestamp'),
          format: z
            .enum(['yyyy/MM/dd', 'yyyy-MM-dd', 'yyyyMMdd'])
            .default('yyyy/MM/dd')
            .describe('How the column writes a day'),
        })
        .optional()
        .describe('Column with the day. Absent: the whole table is scanned'),
      account: identifier.optional().describe('Column with the account id'),
      region: identifier.optional().describe('Column with the region'),
    })
    .default({})
    .describe('Columns that the table is partitioned by, so that no more is scanned than is asked for'),
});

/** Where the command line finds what sessions showed, besides CloudTrail's event history. */
export const evidenceSchema = z.strictObject({
  trail: trailSchema.optional().describe("A trail's log files, asked through Amazon Athena"),
});

/** A table over a trail's log files, and how to ask it. */
export type TrailTable = z.infer<typeof trailSchema>;
