/** What an account holds, as far as it decides how many requests reading it takes. */
export interface Holdings {
  /** Roles and managed policies that the bulk read returns. */
  readonly authorizationDetails: number;
  readonly oidcProviders: number;
  /** Enabled regions, or those that every account has when they could not be listed. */
  readonly regions: number;
  /** Regions beside the IAM region whose trails must be asked for. */
  readonly trailRegions: number;
  readonly trails: number;
  /** Trails that have event selectors of their own. */
  readonly selectors: number;
  readonly clusters: readonly ClusterHoldings[];
}

export interface ClusterHoldings {
  readonly region: string;
  readonly authenticationMode?: string;
  readonly addons: number;
  readonly associations: number;
  readonly accessEntries: number;
  readonly identityProviderConfigs: number;
  readonly nodegroups: number;
  readonly fargateProfiles: number;
  readonly capabilities: number;
}

/** One request even for an empty list, then one per full page. */
const pages = (things: number, perPage: number): number => Math.max(1, Math.ceil(things / perPage));

/** The fewest requests with which the API yields an account's identity: docs/collection.md derives each term. */
export function minimumRequests(account: Holdings): number {
  const inRegions = Object.values(Object.groupBy(account.clusters, ({ region }) => region));
  return (
    1 + // sts:GetCallerIdentity
    pages(account.regions, 50) +
    1 + // iam:GetAccountSummary
    pages(account.authorizationDetails, 1000) +
    1 + // iam:ListOpenIDConnectProviders, one page by definition
    account.oidcProviders +
    1 + // cloudtrail:DescribeTrails in the IAM region
    account.trailRegions +
    account.trails +
    account.selectors +
    (account.regions - inRegions.length) +
    inRegions.reduce((sum, clusters) => sum + pages(clusters?.length ?? 0, 100), 0) +
    account.clusters.reduce((sum, cluster) => sum + ofCluster(cluster), 0)
  );
}

function ofCluster(cluster: ClusterHoldings): number {
  const entries =
    cluster.authenticationMode === 'CONFIG_MAP'
      ? 0
      : pages(cluster.accessEntries, 100) + 2 * cluster.accessEntries;
  const listed = [
    cluster.addons,
    cluster.associations,
    cluster.identityProviderConfigs,
    cluster.nodegroups,
    cluster.fargateProfiles,
    cluster.capabilities,
  ];
  return 1 + entries + listed.reduce((sum, things) => sum + pages(things, 100) + things, 0);
}
