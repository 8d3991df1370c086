import type {
  AccessEntry,
  Addon,
  AssociatedAccessPolicy,
  Capability,
  Cluster,
  FargateProfile,
  Nodegroup,
  OidcIdentityProviderConfig,
  PodIdentityAssociation,
  Update,
} from '@aws-sdk/client-eks';
import type { CloudTrailRecord } from './records/record.ts';
import type { Replica } from './replica.ts';

export interface RoleState {
  name: string;
  path: string;
  arn: string;
  id: string;
  created: Date;
  /** Trust policy as it was given. */
  trust: string;
  maxSessionDuration: number;
  description: string | undefined;
  boundary: string | undefined;
  attached: string[];
  inline: Map<string, string>;
  tags: Map<string, string>;
  lastUsed: { at: Date; region: string } | undefined;
}

export interface UserState {
  name: string;
  path: string;
  arn: string;
  id: string;
  created: Date;
  tags: Map<string, string>;
}

export interface PolicyState {
  name: string;
  path: string;
  arn: string;
  id: string;
  created: Date;
  description: string | undefined;
  /** Version id to document. */
  versions: Map<string, { document: string; created: Date }>;
  defaultVersion: string;
  nextVersion: number;
  tags: Map<string, string>;
}

export interface ProviderState {
  arn: string;
  /** Issuer without scheme, as IAM returns it. */
  url: string;
  clientIds: string[];
  thumbprints: string[];
  created: Date;
  tags: Map<string, string>;
}

/** IAM of one account. Roles and users by lower-cased name: IAM's names are unique without regard to case. */
export interface IamState {
  roles: Map<string, RoleState>;
  users: Map<string, UserState>;
  policies: Map<string, PolicyState>;
  providers: Map<string, ProviderState>;
}

export interface EntryState {
  entry: AccessEntry;
  /** Unique id of the principal at creation, which EKS keeps and does not show. Absent: of one that is not simulated. */
  principalId?: string | undefined;
  policies: AssociatedAccessPolicy[];
}

export interface ClusterState {
  cluster: Cluster;
  /** Given to a cluster at creation, shown once it is active. */
  issuer: string;
  addons: Map<string, Addon>;
  associations: Replica<Map<string, PodIdentityAssociation>>;
  entries: Map<string, EntryState>;
  nodegroups: Map<string, Nodegroup>;
  fargateProfiles: Map<string, FargateProfile>;
  capabilities: Map<string, Capability>;
  identityProviderConfigs: Map<string, OidcIdentityProviderConfig>;
  updates: Map<string, Update>;
}

export interface TrailState {
  arn: string;
  name: string;
  homeRegion: string;
  multiRegion: boolean;
  organization: boolean;
  logging: boolean;
  managementEvents: 'all' | 'write' | 'read' | 'none';
}

export interface RegionState {
  name: string;
  clusters: Map<string, ClusterState>;
  /** What LookupEvents finds, oldest first. */
  records: CloudTrailRecord[];
}

export interface AccountState {
  id: string;
  name: string;
  partition: string;
  iam: Replica<IamState>;
  trails: TrailState[];
  regions: Map<string, RegionState>;
  quotas: { trustPolicyLength: number; oidcProviders: number; roles: number };
}
