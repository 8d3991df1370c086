import * as z from 'zod';
import { clusterReferenceSchema } from './cluster-reference.ts';
import { deploymentSchema } from './deployment.ts';
import { evidenceSchema } from './evidence.ts';
import { fixesSchema } from './fixes.ts';
import { writtenUnread } from './written-clusters.ts';

const name = z.string().min(1).max(253);
const arn = z.string().min(1).max(2048);

const subject = {
  namespace: name,
  serviceAccount: name,
  role: arn.describe('ARN of the role it is meant to have'),
};

/** One intended binding: this ServiceAccount of this cluster (or of every cluster with this tag) is meant to have this role. */
const bindingSchema = z.union([
  z.strictObject({ ...clusterReferenceSchema.options[0].shape, ...subject }),
  z.strictObject({ ...clusterReferenceSchema.options[1].shape, ...subject }),
]);

const expectationSchema = z.strictObject({
  role: arn.describe('ARN of a role that pods use'),
  actions: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(200)
    .describe('Actions it must be granted, s3:GetObject'),
  resources: z.array(arn).min(1).max(200).default(['*']).describe('Resources on which it must be granted'),
});

const accessSchema = z.strictObject({
  admins: z
    .array(arn)
    .max(500)
    .optional()
    .describe(
      'ARNs of the principals that are meant to administer clusters; * and ? stand for any text. Absent: nothing is declared',
    ),
  breakGlass: z
    .array(arn)
    .max(100)
    .default([])
    .describe('ARNs of principals for emergencies: administrators, and the only ones with system:masters'),
  accounts: z
    .array(z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks'))
    .max(500)
    .default([])
    .describe('Accounts outside the organization whose principals may be let into clusters'),
});

/** `podtrust.config.json`. Unknown keys are refused, so that a typo never switches a check off in silence. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    bindings: z
      .array(bindingSchema)
      .optional()
      .describe('Intended bindings. Absent: nothing is declared, and nothing is compared'),
    environments: z
      .strictObject({
        tag: name.default('environment').describe('Cluster tag whose value is the environment, in any case'),
        clusters: z
          .record(z.string(), name)
          .default({})
          .describe('Cluster name or ARN to environment; wins over the tag'),
      })
      .default({ tag: 'environment', clusters: {} }),
    organization: z
      .strictObject({
        clusterless: z
          .array(z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotation marks'))
          .max(1_000)
          .default([])
          .describe(
            'Accounts that are known to have no clusters. Where one of them is not read, since it is suspended, being closed or left out, that hides no cluster, and issuers can be foreign all the same',
          ),
      })
      .prefault({})
      .describe('What is known of the organization without reading it'),
    expectations: z.array(expectationSchema).default([]).describe('Permissions that roles are meant to have'),
    evidence: evidenceSchema.default({}).describe('What the command line may ask about sessions of pods'),
    access: accessSchema.prefault({}).describe('Who is meant to enter clusters'),
    fixes: fixesSchema
      .optional()
      .describe('What may be repaired, and how. Absent: plans are made on request, nothing is written'),
    waivers: z
      .strictObject({
        mostDays: z.int().min(1).max(3660).default(365).describe('How many days ahead a waiver may expire'),
      })
      .prefault({})
      .describe('Accepted findings: podtrust.waivers.yaml'),
    deployment: deploymentSchema.prefault({}).describe('The deployed pipeline'),
  })
  .superRefine(({ fixes, deployment }, { addIssue }) => {
    for (const index of writtenUnread(fixes, deployment))
      addIssue({
        code: 'custom',
        path: ['fixes', 'kubernetes', index, 'cluster'],
        message:
          'a cluster that is written has to be read, or nothing tells whether the write helped: name it under deployment.kubernetes.clusters, too',
      });
  });

export type Config = z.infer<typeof configSchema>;
export type Binding = z.infer<typeof bindingSchema>;

/** What holds when there is no configuration file. */
export const defaultConfig: Config = configSchema.parse({});
