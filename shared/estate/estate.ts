import type { CompiledPolicy } from '../iam/compile.ts';
import type { ParseResult, Policy } from '../iam/policy.ts';
import type { Privileges } from '../iam/privileges.ts';
import type { Asked } from './asked.ts';
import type { KubernetesView } from './kubernetes-view.ts';
import type { Documents } from './role-view.ts';
import type { Account, Association, Cluster, OidcProvider, Role, Snapshot } from './snapshot.ts';

/** The joined estate: the snapshot with its indexes, built once, and with policies parsed once when first asked for. */
export interface Estate {
  readonly snapshot: Snapshot;
  readonly accounts: ReadonlyMap<string, AccountView>;
  readonly clusters: readonly ClusterView[];
  readonly roles: readonly RoleView[];
  readonly clustersByIssuer: ReadonlyMap<string, readonly ClusterView[]>;
  readonly clustersByName: ReadonlyMap<string, readonly ClusterView[]>;
  readonly roleByArn: ReadonlyMap<string, RoleView>;
  /** Every association of the estate by the role it names, first or target. */
  readonly associationsByRole: ReadonlyMap<string, readonly AssociationView[]>;
  /** True when nothing hides a cluster: every account of the organization, every region, every cluster description. */
  readonly seesEveryCluster: () => boolean;
  /** Text of a managed policy by ARN: an AWS managed policy that one account read serves all. */
  readonly policyDocument: Documents;
  /** Hears what the estate as a whole is asked for, where that goes past its indexes. */
  readonly asked: Asked;
}

export interface AccountView {
  readonly account: Account;
  readonly id: string;
  readonly partition: string;
  /** When the snapshot was taken: verdicts hold for then. */
  readonly takenAt: string;
  /** The `o-…` id of its organization, where its place in it was read. */
  readonly organization?: string;
  readonly roles: readonly RoleView[];
  readonly clusters: readonly ClusterView[];
  readonly providersByArn: ReadonlyMap<string, OidcProvider>;
  readonly providersByIssuer: ReadonlyMap<string, OidcProvider>;
  /** The read that is missing for a list of this account, or null when the list is complete. */
  readonly missing: (
    list: 'roles' | 'oidcProviders' | 'policies' | 'users' | 'trails' | 'regions',
  ) => Missing | null;
}

export interface ClusterView {
  readonly cluster: Cluster;
  readonly account: AccountView;
  readonly region: string;
  /** Issuer without scheme, or null when it was not read or does not exist yet. */
  readonly issuerKey: string | null;
  readonly missing: (list: ClusterList) => Missing | null;
  /** What Kubernetes showed of it. */
  readonly kubernetes: KubernetesView;
}

export type ClusterList =
  | 'issuer'
  | 'addons'
  | 'podIdentityAssociations'
  | 'accessEntries'
  | 'nodegroups'
  | 'fargateProfiles'
  | 'identityProviderConfigs'
  | 'capabilities'
  | 'logging';

export interface AssociationView {
  readonly association: Association;
  readonly cluster: ClusterView;
}

export interface RoleView {
  readonly role: Role;
  readonly account: AccountView;
  /** Name without path. */
  readonly name: string;
  readonly trust: () => Trust;
  readonly privileges: () => Privileges;
}

/** A trust policy, parsed; `policy` and `compiled` are null when IAM would refuse it. */
export interface Trust {
  readonly text: string;
  readonly parse: ParseResult;
  readonly policy: Policy | null;
  readonly compiled: CompiledPolicy | null;
}

/** A read that did not happen: what a verdict would need. */
export interface Missing {
  readonly read: string;
  readonly reason: string;
}
