import * as z from 'zod';

const name = z.string().min(1).max(253);
const accountId = z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks');
const ruleName = z.string().regex(/^[a-z][a-z-]{1,62}$/, 'the name of a rule: podtrust rules lists them');

export const MODES = ['off', 'plan', 'approve', 'auto'] as const;
const mode = z.enum(MODES);

/** What a setting or an exception is about: everything that it names has to fit. */
const selector = {
  rule: ruleName.optional(),
  account: accountId.optional(),
  cluster: name.optional().describe('Name or ARN of a cluster'),
  roleTag: z
    .strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })
    .optional()
    .describe('A tag of the role that is changed'),
};

const named = <T extends z.ZodObject>(schema: T) =>
  schema.refine(
    (one) => Object.keys(selector).some((key) => one[key] !== undefined),
    'name a rule, an account, a cluster or a roleTag',
  );

const settingSchema = named(z.strictObject({ ...selector, mode }));
const exceptionSchema = named(
  z.strictObject({ ...selector, reason: z.string().min(1).max(500).describe('Why nothing is fixed there') }),
);

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time looks like 09:30');

const windowSchema = z
  .strictObject({
    days: z.array(z.enum(DAYS)).min(1).max(7).describe('Days on which it begins'),
    from: clock,
    to: clock.describe('Not included; earlier than from: it ends on the next day'),
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'a time zone looks like Europe/Berlin')
      .describe('IANA time zone'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same: write 00:00 and 24:00 for a whole day');

/** Whether the runtime knows a time zone. */
function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

const writtenClusterSchema = z.strictObject({
  cluster: z
    .string()
    .max(200)
    .regex(
      /^arn:aws(?:-[a-z]+)*:eks:[a-z0-9-]+:\d{12}:cluster\/[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
      'the ARN of a cluster: a name or a tag can be put on another one',
    )
    .describe('ARN of the cluster'),
  annotations: z
    .boolean()
    .default(false)
    .describe('Annotations of ServiceAccounts are written, too, each by a plan that a person approved'),
});

/** What `podtrust.config.json` says of fixes. Without it nothing is written, and nothing is deployed that could. */
export const fixesSchema = z.strictObject({
  mode: mode
    .default('plan')
    .describe(
      'off: nothing; plan: plans are made; approve: they are applied once a named person approved; auto: those that change nobody’s access beyond bindings are applied at once',
    ),
  settings: z
    .array(settingSchema)
    .max(500)
    .default([])
    .describe(
      'Modes of rules, accounts, clusters and tags; the most specific wins, of equals the more cautious',
    ),
  exceptions: z.array(exceptionSchema).max(500).default([]).describe('Where nothing is ever fixed'),
  windows: z
    .array(windowSchema)
    .max(50)
    .default([])
    .describe('When something may be written. Empty: at any time'),
  budgetPerAccountAndHour: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(10)
    .describe('Most writes in one account within one hour'),
  canaryFirst: z
    .boolean()
    .default(true)
    .describe('Of fixes of one rule in an account one goes first, the others once it was verified'),
  writeOwned: z
    .array(z.enum(['cloudformation', 'terraform', 'eksctl']))
    .max(3)
    .default([])
    .describe('Whose targets may be written all the same. Without: they get a patch snippet'),
  approvalHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(72)
    .describe('How long a plan waits for its approval, and how long an approval holds'),
  patienceSeconds: z
    .number()
    .int()
    .min(5)
    .max(300)
    .default(60)
    .describe('How long a write is given to be seen: IAM is eventually consistent'),
  accessAnalyzer: z
    .boolean()
    .default(false)
    .describe(
      'Ask IAM Access Analyzer about every trust policy as well; it can only speak against a plan, and so does its silence',
    ),
  kubernetes: z
    .array(writtenClusterSchema)
    .max(200)
    .default([])
    .describe(
      'Clusters whose aws-auth the deployed functions write. Empty: none; such plans are told with the kubectl command',
    ),
  writeRole: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, "a role's name: at most 64 letters, digits and +=,.@_-")
    .default('podtrust-write')
    .describe('The role through which accounts are written'),
});

export type Fixes = z.infer<typeof fixesSchema>;
export type Mode = (typeof MODES)[number];
export type FixSelector = Pick<z.infer<typeof settingSchema>, 'rule' | 'account' | 'cluster' | 'roleTag'>;
export type ChangeWindow = z.infer<typeof windowSchema>;
