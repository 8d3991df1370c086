import type { AccountView, ClusterList } from './estate.ts';

type AccountList = Parameters<AccountView['missing']>[0];

/** Reads that fill each list of an account: the first is the one that a message names when the list is absent. */
export const ACCOUNT_READS: Readonly<Record<AccountList, readonly [string, ...string[]]>> = {
  roles: ['iam:GetAccountAuthorizationDetails'],
  policies: ['iam:GetAccountAuthorizationDetails', 'iam:GetPolicy', 'iam:GetPolicyVersion'],
  users: ['iam:GetAccountAuthorizationDetails'],
  oidcProviders: ['iam:ListOpenIDConnectProviders', 'iam:GetOpenIDConnectProvider'],
  trails: ['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'],
  regions: ['account:ListRegions', 'eks:ListClusters'],
};

/** Reads that fill each list of a cluster, in the same way. */
export const CLUSTER_READS: Readonly<Record<ClusterList, readonly [string, ...string[]]>> = {
  issuer: ['eks:DescribeCluster'],
  addons: ['eks:ListAddons', 'eks:DescribeAddon'],
  podIdentityAssociations: ['eks:ListPodIdentityAssociations', 'eks:DescribePodIdentityAssociation'],
  accessEntries: ['eks:ListAccessEntries', 'eks:DescribeAccessEntry', 'eks:ListAssociatedAccessPolicies'],
  nodegroups: ['eks:ListNodegroups', 'eks:DescribeNodegroup'],
  fargateProfiles: ['eks:ListFargateProfiles', 'eks:DescribeFargateProfile'],
  identityProviderConfigs: ['eks:ListIdentityProviderConfigs', 'eks:DescribeIdentityProviderConfig'],
  capabilities: ['eks:ListCapabilities', 'eks:DescribeCapability'],
  logging: ['eks:DescribeCluster'],
};

/**
 * Descriptions whose failure for one named thing leaves the list itself complete: a provider is known by its ARN, and
 * its absent `url` and `clientIds` say what was not read. Everywhere else one undescribed thing may be the very one
 * that is looked for, so the list counts as incomplete.
 */
export const SELF_EVIDENT: ReadonlySet<string> = new Set(['iam:GetOpenIDConnectProvider']);
