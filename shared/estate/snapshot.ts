import * as z from 'zod';
import { kubernetesSchema } from './kubernetes-schema.ts';

/** The version of the snapshot schema that this podtrust reads and writes. */
export const SNAPSHOT_VERSION = 1;

const accountId = z
  .string()
  .regex(/^\d{12}$/)
  .describe('12-digit AWS account id');
const arn = z.string().min(1).max(2048);
const time = z.iso.datetime({ offset: true }).describe('ISO 8601 time');
const tags = z.record(z.string(), z.string()).describe('Tags as one object, key to value');

const inlinePolicy = z.strictObject({
  name: z.string(),
  document: z.string().describe('Policy document as decoded text'),
});

export const roleSchema = z.strictObject({
  arn: arn.describe('ARN with its path'),
  id: z.string().optional().describe('Unique id, AROA…'),
  created: time.optional(),
  trustPolicy: z.string().describe('Trust policy exactly as IAM returned it, URL-decoded, valid or not'),
  maxSessionDuration: z.number().int().optional().describe('Seconds'),
  permissionsBoundary: arn.optional().describe('ARN of the boundary policy; absent when there is none'),
  attachedPolicies: z.array(arn).optional().describe('ARNs of attached managed policies. Absent: not read'),
  inlinePolicies: z.array(inlinePolicy).optional().describe('Inline policies. Absent: not read'),
  tags: tags.optional(),
  lastUsed: z.strictObject({ at: time.optional(), region: z.string().optional() }).optional(),
});

export const managedPolicySchema = z.strictObject({
  arn,
  document: z.string().describe('Document of the default version, URL-decoded'),
});

export const oidcProviderSchema = z.strictObject({
  arn: arn.describe('arn:<partition>:iam::<account>:oidc-provider/<host and path of the issuer>'),
  url: z.string().optional().describe('Issuer as IAM returns it, without https://. Absent: not read'),
  clientIds: z.array(z.string()).optional().describe('Accepted audiences. Absent: not read'),
  thumbprints: z
    .array(z.string().max(40))
    .optional()
    .describe('Of certificate authorities. Absent: there are none, or not read'),
  created: time.optional(),
  tags: tags.optional(),
});

export const accessEntrySchema = z.strictObject({
  principalArn: arn,
  type: z
    .string()
    .optional()
    .describe(
      'STANDARD, EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, EC2, HYBRID_LINUX, HYPERPOD_LINUX. Absent: only the list was read',
    ),
  username: z.string().optional(),
  groups: z.array(z.string()).optional(),
  created: time.optional(),
  modified: time.optional(),
  policies: z
    .array(
      z.strictObject({
        policyArn: arn,
        scope: z.strictObject({
          type: z.enum(['cluster', 'namespace']),
          namespaces: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional()
    .describe('Associated access policies. Absent: not read'),
  tags: tags.optional(),
});

export const associationSchema = z.strictObject({
  id: z.string().describe('a-…'),
  arn: arn.optional(),
  namespace: z.string(),
  serviceAccount: z.string(),
  roleArn: arn.optional().describe('Absent: only the list was read, not the description'),
  targetRoleArn: arn.optional(),
  externalId: z.string().optional(),
  disableSessionTags: z.boolean().optional(),
  policy: z.string().optional().describe('Session policy as text; implies that session tags are off'),
  ownerArn: arn.optional().describe('Add-on that owns the association'),
  created: time.optional(),
  modified: time.optional(),
  tags: tags.optional(),
});

export const addonSchema = z.strictObject({
  name: z.string(),
  version: z.string().optional(),
  status: z.string().optional(),
  serviceAccountRoleArn: arn.optional(),
  podIdentityAssociations: z.array(arn).optional().describe('ARNs of the associations that the add-on owns'),
});

export const identityProviderConfigSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  issuer: z.string().optional(),
});

export const nodegroupSchema = z.strictObject({
  name: z.string(),
  roleArn: arn.optional(),
  amiType: z.string().optional(),
});

export const fargateProfileSchema = z.strictObject({
  name: z.string(),
  roleArn: arn.optional(),
  selectors: z
    .array(
      z.strictObject({
        namespace: z.string(),
        labels: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
});

export const capabilitySchema = z.strictObject({
  name: z.string(),
  type: z.string().optional(),
  roleArn: arn.optional(),
});

const creatorSchema = z.strictObject({
  arn: arn.describe('Role or user that called CreateCluster; of a session, the role behind it'),
  id: z.string().max(128).optional().describe('Unique id at that time, AROA… or AIDA…'),
  session: z.string().max(256).optional().describe('Name of the session: of single sign-on, the person'),
  at: time.describe('When the cluster was created'),
});

export const clusterSchema = z.strictObject({
  name: z.string().min(1),
  arn,
  status: z
    .string()
    .optional()
    .describe('ACTIVE, CREATING, DELETING, FAILED, UPDATING, PENDING. Absent: not read'),
  version: z.string().optional(),
  created: time.optional(),
  issuer: z.string().optional().describe('OIDC issuer with https://, as DescribeCluster returned it'),
  roleArn: arn.optional().describe('Role of the control plane'),
  authenticationMode: z.enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP']).optional(),
  creatorAdmin: z
    .boolean()
    .optional()
    .describe(
      'bootstrapClusterCreatorAdminPermissions: the creator was made administrator. Absent: not read',
    ),
  creator: creatorSchema.optional().describe('From the CreateCluster event. Absent: not found'),
  autoMode: z.boolean().optional().describe('EKS Auto Mode: the Pod Identity agent is built in'),
  publicEndpoint: z.boolean().optional(),
  logging: z.array(z.string()).optional().describe('Enabled control plane log types. Absent: not read'),
  tags: tags.optional(),
  addons: z.array(addonSchema).optional().describe('Absent: not read'),
  podIdentityAssociations: z.array(associationSchema).optional().describe('Absent: not read'),
  accessEntries: z.array(accessEntrySchema).optional().describe('Absent: not read'),
  identityProviderConfigs: z.array(identityProviderConfigSchema).optional().describe('Absent: not read'),
  nodegroups: z.array(nodegroupSchema).optional().describe('Managed node groups. Absent: not read'),
  fargateProfiles: z.array(fargateProfileSchema).optional().describe('Absent: not read'),
  capabilities: z
    .array(capabilitySchema)
    .optional()
    .describe('EKS capabilities (ACK, Argo CD, KRO). Absent: not read'),
  kubernetes: kubernetesSchema
    .optional()
    .describe('What the Kubernetes API of the cluster showed. Absent: not read'),
});

export const trailSchema = z.strictObject({
  arn,
  homeRegion: z.string().optional(),
  multiRegion: z.boolean().optional(),
  organization: z.boolean().optional(),
  logging: z.boolean().optional().describe('Absent: not read'),
  managementEvents: z
    .enum(['all', 'write', 'read', 'none'])
    .optional()
    .describe('Which management events its selectors take. Absent: not read'),
});

const region = z.strictObject({
  name: z.string(),
  clusters: z.array(clusterSchema).optional().describe('Absent: not read'),
});

/** The most entries of one list of observations: names in them are chosen by whoever calls. */
export const MOST_OBSERVED = 2000;

const observation = {
  source: z
    .enum(['pipeline', 'cloudtrail-sample', 'trail'])
    .describe(
      'pipeline: every event since the rules were deployed; cloudtrail-sample: some pages of LookupEvents; trail: the log files of a trail',
    ),
  since: time.describe('From when on the source was looked at'),
  complete: z
    .boolean()
    .describe(
      'True when nothing that the source shows was left out: only then does an absent entry say that nothing was seen',
    ),
  gap: z.string().max(1000).optional().describe('What was left out, and why'),
};
const issuer = z.string().max(300).describe('Issuer without https://');
const seen = { first: time.describe('First time seen'), last: time.describe('Last time seen') };
const refused = {
  region: z.string().max(64),
  ...seen,
  count: z.number().int().positive().describe('How many were counted; the bus may deliver one twice'),
  code: z.string().max(128).describe('errorCode of the last one'),
  eventId: z.string().max(64).describe("CloudTrail's eventID of the last one"),
  changed: z
    .strictObject({
      after: time.optional().describe('By then it was not yet as it was read. Absent: not known'),
      before: time.optional().describe('From then on it was as it was read. Absent: not known'),
    })
    .optional()
    .describe(
      'Between which times the role, its trust policy, provider or association was last written. Absent: not known',
    ),
};

export const webIdentityDenialSchema = z.strictObject({
  role: arn.describe('The role that was asked for; it need not exist'),
  issuer: issuer.optional().describe('Issuer without https://. Absent: the record left it out'),
  audience: z.string().max(256).optional(),
  subject: z.string().max(512).optional().describe('Absent: the record left it out'),
  ...refused,
});

/** Kinds of policy that AWS names in its messages of refusals (IAM user guide, "Troubleshoot access denied error messages"). */
export const POLICY_KINDS = [
  'identity-based',
  'permissions-boundary',
  'session',
  'service-control',
  'resource-control',
  'resource-based',
  'role-trust',
  'vpc-endpoint',
] as const;

export const refusedCallSchema = z.strictObject({
  role: arn.describe('The role that the pods had'),
  via: z.enum(['web-identity', 'pod-identity']).describe('How they got it'),
  service: z.string().max(128).describe('eventSource, ec2.amazonaws.com'),
  call: z.string().max(128).describe('eventName: the API operation, not always the name of an IAM action'),
  action: z
    .string()
    .max(200)
    .optional()
    .describe("IAM action that AWS's message named. Absent: it named none"),
  policy: z
    .enum(POLICY_KINDS)
    .optional()
    .describe("Kind of policy that AWS's message of the last one gave as the reason. Absent: it gave none"),
  explicitDeny: z.boolean().optional().describe('True: a Deny in it; false: nothing in it allows the action'),
  ...refused,
});

export const podIdentityDenialSchema = z.strictObject({
  cluster: z.string().max(100).describe('Name of the cluster; which association is not recorded'),
  nodeRole: arn.optional().describe('Role of the node whose agent asked'),
  ...refused,
});

export const sessionSchema = z.strictObject({
  role: arn,
  via: z.enum(['web-identity', 'pod-identity']),
  issuer: issuer.optional(),
  region: z.string().max(64),
  cluster: z.string().max(100).optional().describe('Pod Identity with session tags: name of the cluster'),
  subject: z.string().max(512).optional(),
  ...seen,
});

const observed = z.strictObject({
  denials: z
    .strictObject({
      ...observation,
      webIdentity: z.array(webIdentityDenialSchema).max(MOST_OBSERVED),
      podIdentity: z.array(podIdentityDenialSchema).max(MOST_OBSERVED),
    })
    .optional()
    .describe('Credentials that pods asked for and did not get. Absent: not read'),
  sessions: z
    .strictObject({ ...observation, seen: z.array(sessionSchema).max(MOST_OBSERVED) })
    .optional()
    .describe('Roles that pods assumed; recorded only where the account opted in. Absent: not read'),
  accessDenied: z
    .strictObject({ ...observation, calls: z.array(refusedCallSchema).max(MOST_OBSERVED) })
    .optional()
    .describe(
      'Calls that pods were refused with a role that they had; recorded only where the account opted in. Absent: not read',
    ),
});

export const userSchema = z.strictObject({
  arn,
  id: z.string().optional().describe('Unique id, AIDA…'),
  created: time.optional(),
});

const account = z.strictObject({
  id: accountId,
  name: z.string().optional(),
  partition: z.string().describe('aws, aws-cn, aws-us-gov, …'),
  quotas: z
    .strictObject({
      trustPolicyLength: z.number().int().optional().describe('Characters (AssumeRolePolicySizeQuota)'),
      oidcProviders: z.number().int().optional(),
    })
    .optional(),
  roles: z.array(roleSchema).optional().describe('Every role of the account. Absent: not read'),
  policies: z
    .array(managedPolicySchema)
    .optional()
    .describe('Managed policies that the roles use, customer and AWS managed. Absent: not read'),
  users: z.array(userSchema).optional().describe('IAM users, without what they may do. Absent: not read'),
  oidcProviders: z.array(oidcProviderSchema).optional().describe('Every IAM OIDC provider. Absent: not read'),
  trails: z
    .array(trailSchema)
    .optional()
    .describe('CloudTrail trails that cover the account. Absent: not read'),
  regions: z.array(region).optional().describe('Enabled regions. Absent: not read'),
  observed: observed.optional().describe('What CloudTrail showed of sessions of pods. Absent: not read'),
});

const controlPolicySchema = z.strictObject({
  id: z.string().max(130).describe('p-…'),
  name: z.string().max(128),
  document: z.string().describe('Policy document as text'),
  targets: z
    .array(z.string().max(40))
    .describe('Roots, organizational units and accounts that it is attached to'),
});

const policyTypeSchema = z.strictObject({
  enabled: z.boolean().describe('False: the organization does not use policies of this type'),
  policies: z.array(controlPolicySchema),
});

const controlPoliciesSchema = z.strictObject({
  service: policyTypeSchema.optional().describe('Service control policies; absent: not read'),
  resource: policyTypeSchema.optional().describe('Resource control policies; absent: not read'),
  paths: z
    .record(accountId, z.string().max(400))
    .describe('Root and organizational units above each account: r-ab12/ou-ab12-11111111'),
});

const gap = z.strictObject({
  account: accountId.optional(),
  region: z.string().optional(),
  cluster: z.string().optional(),
  subject: z
    .string()
    .optional()
    .describe('ARN or name of the thing that could not be read, when it is narrower'),
  read: z.string().describe('The call that failed, eks:ListAddons'),
  reason: z.string().max(1000),
});

/** Everything podtrust read, in one file. Absent lists mean "not read"; empty lists mean "read, and there is none". */
export const snapshotSchema = z.strictObject({
  schemaVersion: z.literal(SNAPSHOT_VERSION),
  takenAt: time,
  organization: z
    .strictObject({
      complete: z
        .boolean()
        .describe(
          'True when every account of the organization is known, and every cluster that verdicts hang on is there: only then can an issuer be foreign',
        ),
      id: z.string().max(40).optional().describe('o-…'),
      accounts: z
        .array(accountId)
        .optional()
        .describe('Accounts of the organization besides those that the snapshot holds'),
      clusterless: z
        .array(accountId)
        .optional()
        .describe('Those of them of which the configuration says that they have no clusters: they hide none'),
      managementAccount: accountId.optional(),
      controlPolicies: controlPoliciesSchema
        .optional()
        .describe('Service and resource control policies; absent: not read'),
    })
    .optional(),
  accounts: z.array(account),
  coverage: z.array(gap).describe('Every read that failed'),
});

export type Snapshot = z.infer<typeof snapshotSchema>;
export type Account = Snapshot['accounts'][number];
export type Role = NonNullable<Account['roles']>[number];
export type ManagedPolicy = NonNullable<Account['policies']>[number];
export type User = z.infer<typeof userSchema>;
export type OidcProvider = NonNullable<Account['oidcProviders']>[number];
export type Trail = NonNullable<Account['trails']>[number];
export type Region = NonNullable<Account['regions']>[number];
export type Cluster = NonNullable<Region['clusters']>[number];
export type Addon = NonNullable<Cluster['addons']>[number];
export type Association = NonNullable<Cluster['podIdentityAssociations']>[number];
export type AccessEntry = NonNullable<Cluster['accessEntries']>[number];
export type ControlPolicies = z.infer<typeof controlPoliciesSchema>;
export type CoverageGap = Snapshot['coverage'][number];
export type Nodegroup = NonNullable<Cluster['nodegroups']>[number];
export type FargateProfile = NonNullable<Cluster['fargateProfiles']>[number];
export type IdentityProviderConfig = NonNullable<Cluster['identityProviderConfigs']>[number];
export type Creator = z.infer<typeof creatorSchema>;
export type Capability = NonNullable<Cluster['capabilities']>[number];
export type Observed = NonNullable<Account['observed']>;
export type Denials = NonNullable<Observed['denials']>;
export type Sessions = NonNullable<Observed['sessions']>;
export type WebIdentityDenial = Denials['webIdentity'][number];
export type PodIdentityDenial = Denials['podIdentity'][number];
export type AccessDenied = NonNullable<Observed['accessDenied']>;
export type RefusedCall = AccessDenied['calls'][number];
export type Session = Sessions['seen'][number];
