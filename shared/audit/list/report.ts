import * as z from 'zod';

/** The version of the document that `podtrust list --output json` prints. */
export const LIST_VERSION = 1;

const clusterArn = z.string().describe('ARN of the cluster');
const state = z
  .enum(['works', 'broken', 'unknown'])
  .describe('As podtrust explain says of the whole chain, with Kubernetes where that was read');
const reason = z.string().nullable().describe('Why it is broken, or the first step that is unknown');

const associationRow = z.strictObject({
  cluster: clusterArn,
  namespace: z.string(),
  serviceAccount: z.string(),
  id: z.string(),
  role: z.string().nullable().describe('ARN; null: only the list was read'),
  target: z.string().nullable().describe('ARN of the target role; null: there is none'),
  sessionTags: z.boolean(),
  addon: z.string().nullable().describe('ARN of the add-on that owns it'),
  state,
  reason,
});

const roleRow = z.strictObject({
  role: z.string().describe('ARN'),
  webIdentity: z.array(
    z.strictObject({
      issuer: z.string(),
      cluster: z.string().nullable().describe('ARN; null: no cluster that was read has the issuer'),
      subjects: z.array(z.string()).describe('Patterns of subjects; none: every subject, or by negation'),
    }),
  ),
  podIdentity: z.boolean().describe('True when its trust policy names pods.eks.amazonaws.com'),
  associations: z.array(
    z.strictObject({
      cluster: clusterArn,
      namespace: z.string(),
      serviceAccount: z.string(),
      id: z.string(),
      as: z.enum(['role', 'target']),
    }),
  ),
  privileges: z.enum(['admin', 'escalation', 'data', 'limited', 'none', 'unknown']),
  lastUsed: z.string().nullable().describe('ISO 8601 time; null: never, or not read'),
});

const serviceAccountRow = z.strictObject({
  cluster: clusterArn,
  namespace: z.string(),
  serviceAccount: z.string(),
  exists: z.boolean().nullable().describe('null: Kubernetes was not read'),
  mechanism: z.enum(['irsa', 'pod-identity', 'none']),
  role: z.string().nullable().describe('ARN of the role that its pods should have'),
  pods: z.number().nullable().describe('Pods that run as it; null: not read'),
  state,
  reason,
});

const providerRow = z.strictObject({
  account: z.string(),
  provider: z.string().describe('ARN'),
  issuer: z.string(),
  audiences: z.array(z.string()).nullable().describe('null: not read'),
  cluster: z.string().nullable().describe('ARN of the cluster with this issuer, where one was read'),
  roles: z.number().describe('Roles of the account whose trust policy names it'),
});

const entryRow = z.strictObject({
  cluster: clusterArn,
  principal: z.string().describe('ARN'),
  type: z.string().nullable(),
  username: z.string().nullable(),
  groups: z.array(z.string()).nullable(),
  policies: z
    .array(
      z.strictObject({
        policy: z.string(),
        namespaces: z.array(z.string()).nullable().describe('null: the whole cluster'),
      }),
    )
    .nullable(),
});

const restartRow = z.strictObject({
  cluster: clusterArn,
  namespace: z.string(),
  kind: z.string(),
  workload: z.string(),
  serviceAccount: z.string(),
  pods: z.number().describe('Pods that lack their identity'),
  of: z.number().describe('Pods of the workload'),
  reason: z.string(),
  command: z.string().nullable().describe('null: no single command makes its pods anew'),
});

const podRow = z.strictObject({
  cluster: clusterArn,
  namespace: z.string(),
  kind: z.string(),
  workload: z.string(),
  serviceAccount: z.string(),
  pods: z.number().describe('Pods of the workload that are alike'),
  some: z.array(z.string()).describe('Some of their names'),
  containers: z.array(z.string()).describe('Those of its containers, init containers apart, that are alike'),
  should: z
    .strictObject({
      mechanism: z.enum(['irsa', 'pod-identity', 'none']),
      role: z.string().nullable().describe('ARN; of an association with a target role, that one'),
    })
    .describe('What the ServiceAccount should give them'),
  gets: z
    .strictObject({
      source: z
        .enum([
          'static-keys',
          'shared-files',
          'web-identity',
          'container',
          'instance-metadata',
          'nobody',
          'depends',
        ])
        .describe('What the default chain of the SDKs takes; depends: on the SDK, or on what was not read'),
      role: z.string().nullable().describe('ARN; null: none, or not known'),
    })
    .describe('What they really get'),
  as: z
    .enum(['meant', 'otherwise', 'left-out', 'unknown'])
    .describe(
      'left-out: another container of the same pods gets what is meant, and this one nothing of its own',
    ),
  why: z.string().nullable().describe('Why it is otherwise, or what is not known'),
});

const unknowns = z
  .array(z.strictObject({ read: z.string(), reason: z.string() }))
  .describe('Reads that are missing, and may hold further rows');

const listOf = <K extends string, T extends z.ZodType>(kind: K, row: T) =>
  z.strictObject({
    schemaVersion: z.literal(LIST_VERSION),
    kind: z.literal(kind),
    rows: z.array(row),
    unknowns,
  });

/** What `podtrust list KIND --output json` prints. */
export const listSchema = z.discriminatedUnion('kind', [
  listOf('associations', associationRow),
  listOf('roles', roleRow),
  listOf('service-accounts', serviceAccountRow),
  listOf('providers', providerRow),
  listOf('entries', entryRow),
  listOf('pods', podRow),
  listOf('restarts', restartRow),
]);

export type List = z.infer<typeof listSchema>;
export type ListKind = List['kind'];
export type ListOf<K extends ListKind> = Extract<List, { kind: K }>;
export type RowOf<K extends ListKind> = ListOf<K>['rows'][number];
