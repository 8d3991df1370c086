import * as z from 'zod';
import { kubernetesSchema } from './kubernetes.ts';
import { scanSchema } from './scan.ts';

const address = z.email('an email address');
const accountId = z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks');

/** What `podtrust.config.json` says of the deployed pipeline. Every part has a default: `{}` is a hub for one account. */
export const deploymentSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d$/, 'a region looks like eu-west-1')
    .optional()
    .describe('Home region of the hub. Absent: the region of the credentials'),
  members: z
    .union([
      z.strictObject({
        organization: z
          .string()
          .regex(/^o-[a-z0-9]{10,32}$/, 'an organization id looks like o-a1b2c3d4e5')
          .describe('Every account of this organization may send events'),
      }),
      z.strictObject({
        accounts: z.array(accountId).min(1).max(100).describe('These accounts may send events'),
      }),
    ])
    .optional()
    .describe("Who may send events to the hub's bus. Absent: the hub's own account alone"),
  extraSources: z
    .array(
      z
        .string()
        .regex(/^(?!aws\.)[\w.-]{1,256}$/, 'a source other than aws.*, of letters, digits, "_", "." and "-"'),
    )
    .max(20)
    .refine((sources) => sources.join('').length <= 1_000, 'at most 1,000 characters together')
    .default([])
    .describe("Sources of re-published CloudTrail events, besides AWS's own"),
  batchSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(5)
    .describe('Seconds for which events are gathered before they are looked at'),
  readRole: z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w+=,.@-]{1,64}$/, "a role's name: at most 64 letters, digits and +=,.@_-")
        .default('podtrust-read'),
      externalId: z
        .string()
        .regex(/^[\w+=,.@:/-]{2,1224}$/, 'an external id: 2 to 1,224 letters, digits and +=,.@:/_-')
        .optional(),
    })
    .prefault({})
    .describe('The role through which other accounts are read'),
  kubernetes: kubernetesSchema
    .optional()
    .describe('Clusters whose Kubernetes API the pipeline reads. Absent: none'),
  sessions: z
    .strictObject({
      failed: z.boolean().default(true).describe('Follow sessions that pods were refused'),
      successful: z
        .array(accountId)
        .max(100)
        .default([])
        .describe('Accounts whose given sessions are followed'),
      accessDenied: z
        .union([z.boolean(), z.array(accountId).min(1).max(100)])
        .default(false)
        .describe(
          "Calls that pods were refused with their role: true for every account's, or the accounts whose are followed",
        ),
    })
    .refine(
      ({ failed, accessDenied }) => failed || accessDenied === false,
      'accessDenied takes the way of refused sessions: set failed to true as well',
    )
    .prefault({}),
  notifications: z
    .strictObject({
      email: z.array(address).max(20).default([]).describe('Addresses that get every message as text'),
      fifo: z
        .boolean()
        .default(false)
        .describe('A FIFO topic: the steps of a finding in order, to SQS queues alone'),
      chat: z
        .boolean()
        .default(false)
        .describe('A second topic in the form of Amazon Q Developer in chat applications'),
      securityHub: z.boolean().default(false).describe("Findings in Security Hub of the hub's account"),
    })
    .refine(({ email, fifo }) => !fifo || email.length === 0, 'a FIFO topic takes no email addresses')
    .prefault({}),
  alarms: z
    .strictObject({
      email: z.array(address).max(20).default([]).describe('Addresses that hear when podtrust itself fails'),
      canaryMinutes: z
        .number()
        .int()
        .min(1)
        .max(60)
        .default(5)
        .describe('How often an event of its own proves the way from the bus to triage'),
    })
    .prefault({}),
  scan: scanSchema.prefault({}).describe('The scheduled scan of all accounts'),
});

export type Deployment = z.infer<typeof deploymentSchema>;
