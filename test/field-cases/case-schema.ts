import * as z from 'zod';
import { configSchema } from '../../shared/config/config.ts';
import { SEVERITIES } from '../../shared/findings/finding.ts';

/** A policy as IAM's JSON, or as text where the text itself is the point (encoded, torn, keys twice). */
const policy = z.union([z.string(), z.record(z.string(), z.unknown())]);
/** Any field of the snapshot: {@link expandEstate} lays it over the defaults, and the snapshot's own schema checks it. */
const fields = z.record(z.string(), z.unknown());

const role = z.looseObject({
  name: z.string().min(1),
  path: z.string().optional(),
  trustPolicy: policy,
  attached: z.array(z.string()).optional(),
  inline: z.record(z.string(), policy).optional(),
});

const account = z.strictObject({
  account: z.string().optional(),
  name: z.string().optional(),
  partition: z.string().optional(),
  region: z.string().optional(),
  quotas: fields.optional(),
  clusters: z.array(z.looseObject({ name: z.string() })).optional(),
  roles: z.array(role).optional(),
  policies: z.record(z.string(), policy).optional(),
  oidcProviders: z.array(fields).optional(),
  trails: z.array(fields).optional(),
  /** Lists of the account that were not read: `oidcProviders`, `roles`, … */
  unread: z.array(z.string()).optional(),
});

const estate = account.extend({
  accounts: z.array(account).optional(),
  organizationComplete: z.boolean().optional(),
  coverage: z.array(fields).optional(),
});

const serviceAccount = { namespace: z.string(), serviceAccount: z.string() };

const question = z.union([
  z.strictObject({
    explain: z.strictObject({ cluster: z.string(), ...serviceAccount, role: z.string().optional() }),
  }),
  z.strictObject({ audit: z.strictObject({ rules: z.array(z.string()).optional() }) }),
  z.strictObject({
    document: z.strictObject({
      trustPolicy: policy,
      issuer: z.string(),
      account: z.string().optional(),
      audience: z.string().optional(),
      ...serviceAccount,
    }),
  }),
  z.strictObject({
    document: z.strictObject({ trustPolicy: policy, clusterArn: z.string(), ...serviceAccount }),
  }),
  z.strictObject({ compare: z.strictObject({ before: policy, after: policy }) }),
]);

const verdict = z.enum(['works', 'broken', 'unknown']);

const expected = z.strictObject({
  /** `aws` is the side that a snapshot decides. */
  sides: z.strictObject({ aws: verdict }).optional(),
  mechanism: z.enum(['irsa', 'pod-identity', 'cluster-access', 'none']).optional(),
  /** Null: nothing is broken. */
  reason: z.strictObject({ check: z.string().optional(), rule: z.string().nullable() }).nullable().optional(),
  secure: z.boolean().nullable().optional(),
  findings: z
    .array(
      z.strictObject({
        rule: z.string(),
        /** Name of the role. */
        role: z.string().optional(),
        severity: z.enum(SEVERITIES).optional(),
      }),
    )
    .optional(),
  /** No other finding of severity low or above. */
  exactly: z.literal(true).optional(),
  /** Nothing is broken, and no finding of severity low or above: a correct set-up that only looks odd. */
  silence: z.literal(true).optional(),
  /** Rules that must be named as undecided. */
  undecided: z.array(z.string()).optional(),
  relation: z.enum(['equal', 'tightened', 'widened', 'incomparable', 'undecided']).optional(),
});

export const caseSchema = z
  .strictObject({
    title: z.string().min(20),
    report: z.url({ protocol: /^https$/ }),
    situation: z.string().min(80),
    estate: estate.optional(),
    config: configSchema.partial().optional(),
    question,
    expected,
  })
  .refine((value) => Object.keys(value.expected).length > 0, 'a case expects something')
  .refine(
    ({ question: asked, estate: given }) =>
      ('explain' in asked || 'audit' in asked) === (given !== undefined),
    'explain and audit ask about an estate, document and compare about documents alone',
  );

export type FieldCase = z.infer<typeof caseSchema>;
export type CompactEstate = z.infer<typeof estate>;
export type CompactAccount = z.infer<typeof account>;
export type CasePolicy = z.infer<typeof policy>;
