import * as z from 'zod';
import { SEVERITIES } from '../findings/finding.ts';
import { ACCESS_GRADES } from '../identity/access/policies.ts';

/** The version of the document that `podtrust access --output json` prints. */
export const ACCESS_VERSION = 1;

const problem = z.strictObject({ rule: z.string(), severity: z.enum(SEVERITIES), detail: z.string() });
const read = z.strictObject({ read: z.string(), reason: z.string() });

const waySchema = z.strictObject({
  surface: z
    .enum(['access-entry', 'aws-auth', 'aws-auth-account', 'creator'])
    .describe('Where it is written; creator: nowhere, implied under CONFIG_MAP'),
  principal: z
    .string()
    .nullable()
    .describe("ARN as written, or an account's id; null: a creator who is not known"),
  state: z
    .enum(['open', 'ignored', 'shadowed', 'unmatched', 'ghost', 'tombstoned', 'unknown'])
    .describe(
      'open: it counts. ignored: by the mode. shadowed: an entry comes first. unmatched: no caller has this ARN. ghost: the principal does not exist. tombstoned: the principal was made again after the entry',
    ),
  why: z.string().nullable().describe('Why it is not open'),
  purpose: z.enum(['people', 'nodes', 'eks']).describe('people: people and programs; eks: of EKS itself'),
  type: z.string().nullable().describe('Type of the access entry'),
  username: z.string().nullable().describe('Kubernetes username, a template; null: not read'),
  groups: z.array(z.string()).nullable().describe('null: not read'),
  policies: z
    .array(
      z.strictObject({
        policy: z.string(),
        scope: z.enum(['cluster', 'namespace']),
        namespaces: z.array(z.string()),
      }),
    )
    .nullable()
    .describe('Access policies; null: not read'),
  grade: z.enum(ACCESS_GRADES).describe('What it may do; unknown: more than atLeast, or not'),
  atLeast: z.enum(ACCESS_GRADES).describe('What is certain'),
  clusterWide: z.boolean().describe('True when what is certain reaches every namespace'),
  from: z.array(z.string()).describe('Policies, groups and bindings that give it'),
  missing: read.nullable().describe('What would tell the rest'),
  problems: z.array(problem),
});

/** What `podtrust access --output json` prints: every way into one cluster. */
export const accessReportSchema = z.strictObject({
  schemaVersion: z.literal(ACCESS_VERSION),
  cluster: z.string().describe('ARN'),
  authenticationMode: z
    .enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP'])
    .nullable()
    .describe('null: not read'),
  ways: z.array(waySchema),
  problems: z.array(problem).describe('Of the cluster as a whole'),
  identityProviders: z
    .array(z.string())
    .nullable()
    .describe('OIDC providers whose users sign in with tokens of their own, by name; null: not read'),
  unknowns: z.array(read).describe('Lists that may hold further ways'),
});

export type AccessReport = z.infer<typeof accessReportSchema>;
export type ReportedWay = AccessReport['ways'][number];
