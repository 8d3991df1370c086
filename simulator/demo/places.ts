/** The accounts, regions and clusters of the demo organization, "Bramble", a shop. */

export const TAKEN_AT = '2026-11-22T09:00:00.000Z';

export interface DemoAccount {
  readonly id: string;
  readonly name: string;
}

export const PLATFORM: DemoAccount = { id: '314159265358', name: 'bramble-platform' };
export const STAGING: DemoAccount = { id: '271828182845', name: 'bramble-staging' };
export const PRODUCTION: DemoAccount = { id: '161803398874', name: 'bramble-production' };

export const FRANKFURT = 'eu-central-1';
export const VIRGINIA = 'us-east-1';

export interface DemoCluster {
  readonly name: string;
  readonly account: DemoAccount;
  readonly region: string;
  /** Issuer without scheme. */
  readonly issuer: string;
  readonly created: string;
  readonly environment: string;
}

const cluster = (
  name: string,
  account: DemoAccount,
  region: string,
  id: string,
  created: string,
  environment: string,
): DemoCluster => ({
  name,
  account,
  region,
  issuer: `oidc.eks.${region}.amazonaws.com/id/${id}`,
  created,
  environment,
});

export const TOOLS = cluster(
  'tools',
  PLATFORM,
  FRANKFURT,
  '6B1F7C0E9A254D83B07E5A91C3D2F846',
  '2025-02-03T08:12:44.000Z',
  'platform',
);
export const STAGING_SHOP = cluster(
  'staging-shop',
  STAGING,
  FRANKFURT,
  'A93E5D7712C84F06BE2D4178F05B6C9A',
  '2025-03-18T13:40:05.000Z',
  'staging',
);
export const STAGING_DATA = cluster(
  'staging-data',
  STAGING,
  VIRGINIA,
  '2D8C46F1E07B4A9985C3B60D7A12E5F4',
  '2026-09-28T07:55:31.000Z',
  'staging',
);
export const PROD_SHOP = cluster(
  'prod-shop',
  PRODUCTION,
  FRANKFURT,
  'F04A8B62D15C4E7793A6C2E81B3D0957',
  '2024-11-07T10:20:19.000Z',
  'production',
);
export const PROD_DATA = cluster(
  'prod-data',
  PRODUCTION,
  VIRGINIA,
  '58E1D3A7C6F24B0BA94D7E30F2C8156B',
  '2025-06-24T15:02:50.000Z',
  'production',
);
export const PROD_EDGE = cluster(
  'prod-edge',
  PRODUCTION,
  VIRGINIA,
  'C7720B9F4E3A41D6A8F51D06E94B3C28',
  '2026-10-30T06:31:12.000Z',
  'production',
);

export const CLUSTERS = [TOOLS, STAGING_SHOP, STAGING_DATA, PROD_SHOP, PROD_DATA, PROD_EDGE] as const;

/** The issuer that prod-edge had before it was rebuilt in October. */
export const OLD_PROD_EDGE = 'oidc.eks.us-east-1.amazonaws.com/id/0E64A1D98B7C4F25B3D1F6A08C29E7B5';
/** The issuer of a load-test cluster that was deleted in spring. */
export const LOAD_TEST = 'oidc.eks.eu-central-1.amazonaws.com/id/91B4C3E0D7A64F128E5C0B97D6F3A284';
/** The issuer of a vendor's cluster. */
export const VENDOR = 'oidc.eks.us-west-2.amazonaws.com/id/4D0F82C6A9B14E37B5E26C71D8A3F09E';

/** An account of a company that tests under load for Bramble. */
export const CONTRACTOR = '141421356237';

export const GITHUB = 'token.actions.githubusercontent.com';

export const clusterArn = ({ name, account, region }: DemoCluster): string =>
  `arn:aws:eks:${region}:${account.id}:cluster/${name}`;

export const roleArn = (account: DemoAccount, name: string, path = '/'): string =>
  `arn:aws:iam::${account.id}:role${path}${name}`;

export const providerArn = (account: DemoAccount, issuer: string): string =>
  `arn:aws:iam::${account.id}:oidc-provider/${issuer}`;
