import * as z from 'zod';
import { configSchema } from '../../shared/config/config.ts';
import { kubernetesSchema, podGroupSchema } from '../../shared/estate/kubernetes-schema.ts';
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

/** A ServiceAccount and the pods that run as it. */
const workload = z.strictObject({
  namespace: z.string(),
  serviceAccount: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  kind: z.string().optional(),
  name: z.string().optional(),
  /** What is different about the pods; false: none run. */
  pods: z.union([podGroupSchema.partial(), z.literal(false)]).optional(),
  /** False: the webhook never saw them. */
  injected: z.boolean().optional(),
});

const kubernetes = kubernetesSchema
  .omit({ serviceAccounts: true, pods: true, awsAuth: true })
  .extend({ workloads: z.array(workload), awsAuth: z.record(z.string(), z.string()) })
  .partial();

const account = z.strictObject({
  account: z.string().optional(),
  name: z.string().optional(),
  partition: z.string().optional(),
  region: z.string().optional(),
  quotas: fields.optional(),
  clusters: z.array(z.looseObject({ name: z.string(), kubernetes: kubernetes.optional() })).optional(),
  users: z.array(fields).optional(),
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
  organization: fields.optional(),
  coverage: z.array(fields).optional(),
});

const serviceAccount = { namespace: z.string(), serviceAccount: z.string() };

const question = z.union([
  z.strictObject({
    explain: z.strictObject({ cluster: z.string(), ...serviceAccount, role: z.string().optional() }),
  }),
  /** A role's name, or an ARN: does it get into the cluster? */
  z.strictObject({ explain: z.strictObject({ cluster: z.string(), principal: z.string() }) }),
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
  /** Of the whole chain, Kubernetes included. */
  verdict: verdict.optional(),
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
  /** Nothing that was asked is unknown. */
  decided: z.literal(true).optional(),
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
    config: z.strictObject(configSchema.shape).partial().optional(),
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
export type CompactKubernetes = z.infer<typeof kubernetes>;
export type CompactWorkload = z.infer<typeof workload>;
export type CompactEstate = z.infer<typeof estate>;
export type CompactAccount = z.infer<typeof account>;
export type CasePolicy = z.infer<typeof policy>;
