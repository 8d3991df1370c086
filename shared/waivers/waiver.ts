import * as z from 'zod';

/** A text of bounded length: it ends up in messages, tables and tickets. YAML reads digits as a number. */
const text = (most: number) =>
  z
    .string({
      error: ({ input }) =>
        input === undefined ? 'it is missing' : 'it has to be a text; digits need quotation marks',
    })
    .trim()
    .min(1)
    .max(most);

const pattern = text(2048).describe('* and ? stand for any text');

/** Where a waiver holds; each place that it names has to fit, and what it does not name may be anything. */
const placeSchema = z.strictObject({
  account: pattern.optional(),
  region: pattern.optional(),
  cluster: pattern.optional(),
  namespace: pattern.optional(),
  serviceAccount: pattern.optional(),
  role: pattern.optional().describe('ARN'),
  principal: pattern.optional().describe('ARN'),
});

export const PLACES = Object.keys(placeSchema.shape) as readonly (keyof z.infer<typeof placeSchema>)[];

/** Somebody accepts findings until a day: one by its fingerprint, or those of one rule, narrowed by place. */
export const waiverSchema = z
  .strictObject({
    finding: z
      .string()
      .regex(
        /^[0-9a-f]{32}$/,
        'a fingerprint is 32 hexadecimal digits, as `podtrust audit --output json` prints it',
      )
      .optional()
      .describe('Fingerprint of the one finding that is accepted'),
    rule: text(100).optional().describe('Name of the rule whose findings are accepted'),
    ...placeSchema.shape,
    owner: text(200).describe('Who answers for it: a person or a team that can be reached'),
    reason: text(1000).describe('Why it is accepted'),
    ticket: text(300).describe('Where it was decided'),
    expires: z.iso.date().describe('The last day on which it holds, UTC'),
  })
  .refine(({ finding, rule }) => finding !== undefined || rule !== undefined, {
    error: 'it names neither a finding nor a rule: nobody accepts everything',
  });

/** What is said of a value of another kind; other problems keep their own words. */
function instead(message: string) {
  return ({ code }: { readonly code: string }) => (code === 'invalid_type' ? message : undefined);
}

/** `podtrust.waivers.yaml`. */
export const waiverFileSchema = z.strictObject(
  {
    waivers: z
      .array(waiverSchema, { error: instead('it has to be a list of waivers; an empty one is []') })
      .max(5000),
  },
  { error: instead('it has to be a map with the list "waivers"') },
);

export type Waiver = Readonly<z.infer<typeof waiverSchema>>;
