import * as z from 'zod';

/**
 * What is kept of a cluster's Kubernetes API: only what identity depends on. No secrets, no tokens, no ConfigMap other
 * than aws-auth; of environment variables only those that decide over credentials.
 */

const time = z.iso.datetime({ offset: true }).describe('ISO 8601 time');
const name = z.string().max(253);
const namespace = z.string().max(63);
const text = z.string().max(2048);
const labels = z.record(z.string().max(317), text);

const managerSchema = z.strictObject({
  tool: z.enum(['helm', 'argocd', 'flux', 'eksctl', 'eks', 'other']).describe('`eks`: an add-on'),
  evidence: z.string().max(300).describe('The label, annotation or field manager that says so'),
});

const serviceAccountSchema = z.strictObject({
  namespace,
  name,
  annotations: labels
    .optional()
    .describe('Annotations that concern AWS identity, well or badly spelt; absent when there are none'),
  automount: z.boolean().optional().describe('automountServiceAccountToken, where it is set'),
  created: time.optional(),
  annotated: time
    .optional()
    .describe('Last time a field manager wrote annotations (managedFields). Absent: not known'),
  managers: z
    .array(managerSchema)
    .max(6)
    .optional()
    .describe('Tools that say of themselves that they write it. Absent: none does'),
});

const environmentVariable = z.strictObject({
  name: z.string().max(256),
  value: text
    .optional()
    .describe('Only of variables that hold no secret. Absent: it holds one, or comes from elsewhere'),
  from: z
    .enum(['secret', 'config-map', 'field', 'resource'])
    .optional()
    .describe('Where the value comes from, when it is not in the pod itself'),
  optional: z
    .boolean()
    .optional()
    .describe('True: the Secret or ConfigMap, or its key, may be absent, and the variable with it'),
});

const containerSchema = z.strictObject({
  name: z.string().max(63),
  init: z.boolean().optional().describe('True for init containers'),
  env: z
    .array(environmentVariable)
    .max(64)
    .describe('Variables that decide over AWS credentials; of one name the last, which counts'),
  envFrom: z
    .array(z.enum(['secret', 'config-map']))
    .max(16)
    .optional()
    .describe('Whole sources of variables, whose names are not known'),
  mounts: z.array(text).max(64).optional().describe('Paths at which identity tokens are mounted, read-only'),
});

const podTokenSchema = z.strictObject({
  audience: text.optional().describe("Absent: the API server's own"),
  volume: z.string().max(63),
  path: text.optional().describe('Path within the volume'),
  expirationSeconds: z.number().int().optional(),
});

const COMPUTE = ['ec2', 'auto', 'fargate', 'hybrid', 'hyperpod', 'unknown'] as const;

/** Pods that are the same to identity: one workload, one ServiceAccount, one form. A cluster has few of them. */
export const podGroupSchema = z.strictObject({
  namespace,
  serviceAccount: name,
  workload: z
    .strictObject({ kind: z.string().max(63), name, apiVersion: z.string().max(317).optional() })
    .describe('The controller at the top (Deployment, not ReplicaSet); Pod for a pod of nobody'),
  count: z.number().int().positive(),
  names: z.array(name).max(3).describe('Some of their names'),
  oldest: time.describe('Creation of the oldest'),
  newest: time.describe('Creation of the newest'),
  phase: z.enum(['Pending', 'Running']).describe('Finished pods are left out'),
  compute: z.enum(COMPUTE).describe('Where they run; unknown: not scheduled, or nodes not read'),
  os: z.enum(['linux', 'windows', 'unknown']).optional(),
  nodes: z
    .array(z.string().max(64))
    .max(64)
    .optional()
    .describe('Ids of the groups of nodes that they run on'),
  hostNetwork: z.boolean().optional(),
  static: z.boolean().optional().describe('Mirror of a static pod: no admission, no ServiceAccount'),
  annotations: labels.optional().describe('Those that concern AWS identity'),
  labels: labels
    .optional()
    .describe('Those that the webhook looks at, and those that Fargate profiles select'),
  containers: z.array(containerSchema).max(64),
  tokens: z.array(podTokenSchema).max(16).optional().describe('Projected ServiceAccount tokens'),
});

/** Nodes that are the same to identity. */
const nodeGroupSchema = z.strictObject({
  id: z.string().max(64).describe('Unique in the cluster; pods refer to it'),
  compute: z.enum(COMPUTE),
  os: z.enum(['linux', 'windows', 'unknown']),
  count: z.number().int().positive(),
  names: z.array(name).max(3),
  nodegroup: z.string().max(253).optional().describe('Managed node group, from the label'),
  role: text
    .optional()
    .describe('ARN of the role of the instance profile, read through EC2. Absent: not read'),
  hopLimit: z
    .number()
    .int()
    .optional()
    .describe('HttpPutResponseHopLimit of the instances, read through EC2. Absent: not read'),
  metadata: z
    .enum(['disabled', 'optional', 'required'])
    .optional()
    .describe('Instance metadata: disabled, with or without session tokens. Absent: not read'),
});

const awsAuthSchema = z.strictObject({
  data: z
    .record(z.string().max(253), z.string().max(1_048_576))
    .describe('Every key of the ConfigMap, as text'),
  created: time.optional(),
  resourceVersion: z.string().max(64).optional(),
});

const identityWebhookSchema = z.strictObject({
  configuration: name.describe('Name of the MutatingWebhookConfiguration'),
  name,
  failurePolicy: z.string().max(32).optional(),
  url: text.optional().describe('Where it is called, when by address'),
  service: z.strictObject({ namespace, name }).optional().describe('Where it is called, when in the cluster'),
  ready: z
    .boolean()
    .optional()
    .describe('Whether that Service has ready endpoints. Absent: not read, or called by address'),
  createsPods: z.boolean().describe('True when its rules take the creation of pods'),
  namespaceSelector: z.boolean().optional().describe('True when it looks only at some namespaces'),
  objectSelector: z
    .boolean()
    .optional()
    .describe('True when it looks only at some pods, beyond the skip label'),
});

const daemonSetSchema = z.strictObject({
  namespace,
  name,
  desired: z.number().int().nonnegative(),
  ready: z.number().int().nonnegative(),
});

const policyRuleSchema = z.strictObject({
  verbs: z.array(text).max(256),
  apiGroups: z.array(text).max(256).optional(),
  resources: z.array(text).max(1024).optional(),
  resourceNames: z.array(text).max(4096).optional(),
  nonResourceURLs: z.array(text).max(256).optional(),
});

/** A Role, or a ClusterRole when it has no namespace. */
export const rbacRoleSchema = z.strictObject({
  namespace: namespace.optional(),
  name: z.string().max(253),
  rules: z.array(policyRuleSchema),
});

/** A RoleBinding, or a ClusterRoleBinding when it has no namespace. */
export const rbacBindingSchema = z.strictObject({
  namespace: namespace.optional(),
  name: z.string().max(253),
  role: z.strictObject({ kind: z.enum(['Role', 'ClusterRole']), name: z.string().max(253) }),
  subjects: z.array(
    z.strictObject({
      kind: z.enum(['User', 'Group', 'ServiceAccount']),
      name: z.string().max(2048),
      namespace: namespace.optional(),
    }),
  ),
});

/** One cluster's Kubernetes API. Absent lists: not read; null: read, and there is none. */
export const kubernetesSchema = z.strictObject({
  readAt: time.optional(),
  version: z.string().max(64).optional(),
  namespaces: z.array(namespace).optional().describe('Absent: not read'),
  serviceAccounts: z.array(serviceAccountSchema).optional().describe('Absent: not read'),
  pods: z.array(podGroupSchema).optional().describe('Pods that have not finished, grouped. Absent: not read'),
  nodes: z.array(nodeGroupSchema).optional().describe('Nodes, grouped. Absent: not read'),
  awsAuth: awsAuthSchema
    .nullable()
    .optional()
    .describe('kube-system/aws-auth. null: there is none. Absent: not read'),
  webhooks: z
    .array(identityWebhookSchema)
    .optional()
    .describe('Webhooks that give pods their AWS identity. Absent: not read'),
  agents: z
    .array(daemonSetSchema)
    .optional()
    .describe('DaemonSets that run the Pod Identity agent. Absent: not read'),
  roles: z.array(rbacRoleSchema).optional().describe('Roles and ClusterRoles. Absent: not read'),
  bindings: z
    .array(rbacBindingSchema)
    .optional()
    .describe('RoleBindings and ClusterRoleBindings. Absent: not read'),
});

export type Kubernetes = z.infer<typeof kubernetesSchema>;
export type ServiceAccount = z.infer<typeof serviceAccountSchema>;
export type Manager = z.infer<typeof managerSchema>;
export type PodGroup = z.infer<typeof podGroupSchema>;
export type Container = z.infer<typeof containerSchema>;
export type NodeGroup = z.infer<typeof nodeGroupSchema>;
export type IdentityWebhook = z.infer<typeof identityWebhookSchema>;
export type RbacRole = z.infer<typeof rbacRoleSchema>;
export type RbacBinding = z.infer<typeof rbacBindingSchema>;
