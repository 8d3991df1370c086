import * as z from 'zod';

const accountId = z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks');
/** Organizations API reference, OrganizationalUnit and Root: the forms of their ids. */
const unitId = z
  .string()
  .regex(/^(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/, 'an id looks like ou-ab12-11111111');

/** What `podtrust.config.json` says of the scan of all accounts. */
export const scanSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('False: the schedule is there and starts nothing'),
  schedule: z
    .string()
    .regex(/^(?:rate|cron)\([\w ,?*/#-]{3,100}\)$/, 'a schedule looks like rate(1 day) or cron(0 3 * * ? *)')
    .default('rate(1 day)')
    .describe('When it begins, as EventBridge Scheduler writes it, in UTC'),
  accounts: z
    .union([z.literal('organization'), z.array(accountId).min(1).max(10_000)])
    .optional()
    .describe(
      "Which accounts: those of the organization, which the hub's account must be allowed to list, or these. Absent: the organization if `members` names one, else the accounts of `members`; the hub's own account always",
    ),
  units: z
    .array(unitId)
    .max(100)
    .default([])
    .describe('Ids of units or roots: of the organization only what is in or below them. Empty: all'),
  exceptUnits: z
    .array(unitId)
    .max(100)
    .default([])
    .describe('Nothing that is in or below these. Stronger than `units`'),
  exceptAccounts: z
    .array(accountId)
    .max(1_000)
    .default([])
    .describe('Accounts of the organization that are left out'),
  concurrency: z
    .int()
    .min(1)
    .max(1_000)
    .default(40)
    .describe(
      'How many accounts are read at once at most, as AWS lets itself be entered; and how many are judged at once',
    ),
  overdueHours: z
    .int()
    .min(2)
    .max(168)
    .default(30)
    .describe(
      'An alarm says so when no scan has ended for so many hours: somewhat more than the schedule has between two',
    ),
  toleratedFailurePercentage: z
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe(
      'Of the accounts whose steps may fail altogether before the scan gives up. An account that cannot be read is none of them: it is told as unread',
    ),
});

export type ScanConfig = z.infer<typeof scanSchema>;
