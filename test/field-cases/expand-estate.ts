import { checkSnapshot } from '../../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { CasePolicy, CompactAccount, CompactEstate, CompactKubernetes } from './case-schema.ts';
import { expandKubernetes } from './expand-kubernetes.ts';

/** Host of single-stack issuers and of IAM's own names, by partition. */
const SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
};

interface Home {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fills the defaults that the README lists, resolves the placeholders, and checks the result as a snapshot. */
export function expandEstate(compact: CompactEstate): Snapshot {
  const { accounts, organizationComplete, organization, coverage, ...main } = compact;
  const home: Home = {
    account: main.account ?? '111122223333',
    partition: main.partition ?? 'aws',
    region: main.region ?? 'eu-west-1',
  };
  const resolve = resolver(home, [main, ...(accounts ?? [])]);
  const snapshot = {
    schemaVersion: 1,
    takenAt: '2026-11-01T00:00:00Z',
    organization: { complete: organizationComplete ?? true, ...organization },
    accounts: [main, ...(accounts ?? [])].map((one) => expandAccount(one, home)),
    coverage: coverage ?? [],
  };
  const checked = checkSnapshot(resolve(snapshot));
  if ('error' in checked) throw new Error(checked.error);
  return checked.snapshot;
}

/** ARN of a role that a case names, in the first account; an ARN stays as it is. */
export function roleArn(snapshot: Snapshot, name: string): string {
  if (name.startsWith('arn:')) return name;
  const roles = snapshot.accounts.flatMap((account) => account.roles ?? []);
  return roles.find(({ arn }) => arn.endsWith(`/${name}`))?.arn ?? name;
}

/** A policy as the text that IAM would hold. */
export function policyText(policy: CasePolicy): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

function expandAccount(compact: CompactAccount, main: Home): Fields {
  const home: Home = {
    account: compact.account ?? main.account,
    partition: compact.partition ?? main.partition,
    region: compact.region ?? main.region,
  };
  const clusters = (compact.clusters ?? []).map((cluster) => expandCluster(cluster, home));
  const account: Record<string, unknown> = {
    id: home.account,
    name: compact.name ?? 'example',
    partition: home.partition,
    ...(compact.quotas && { quotas: compact.quotas }),
    roles: (compact.roles ?? []).map((role) => expandRole(role, home)),
    policies: Object.entries(compact.policies ?? {}).map(([arn, document]) => ({
      arn,
      document: policyText(document),
    })),
    users: compact.users ?? [],
    oidcProviders: compact.oidcProviders
      ? compact.oidcProviders.map((provider) => expandProvider(provider, home))
      : clusters.flatMap(({ issuer }) => (typeof issuer === 'string' ? [providerOf(issuer, home)] : [])),
    trails: compact.trails ?? [
      {
        arn: `arn:${home.partition}:cloudtrail:${home.region}:${home.account}:trail/all`,
        homeRegion: home.region,
        multiRegion: true,
        logging: true,
        managementEvents: 'all',
      },
    ],
    regions: regionsOf(clusters, home),
  };
  for (const list of compact.unread ?? []) delete account[list];
  return account;
}

function regionsOf(clusters: readonly Fields[], home: Home): Fields[] {
  const names = new Set([home.region, ...clusters.map(({ arn }) => String(arn).split(':')[3] ?? '')]);
  return [...names].map((name) => ({
    name,
    clusters: clusters.filter(({ arn }) => String(arn).split(':')[3] === name),
  }));
}

type CompactCluster = Fields & { readonly kubernetes?: CompactKubernetes | undefined };

function expandCluster(compact: CompactCluster, home: Home): Fields {
  const { region: given, kubernetes, ...rest } = compact;
  const region = typeof given === 'string' ? given : home.region;
  const name = String(compact['name']);
  const cluster: Record<string, unknown> = {
    arn: `arn:${home.partition}:eks:${region}:${home.account}:cluster/${name}`,
    status: 'ACTIVE',
    version: '1.33',
    created: '2026-01-01T00:00:00Z',
    issuer: `https://oidc.eks.${region}.${SUFFIXES[home.partition]}/id/${issuerId(name)}`,
    authenticationMode: 'API',
    autoMode: false,
    logging: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    tags: {},
    addons: [],
    podIdentityAssociations: [],
    accessEntries: [],
    identityProviderConfigs: [],
    nodegroups: [],
    fargateProfiles: [],
    capabilities: [],
    ...rest,
  };
  const associations = cluster['podIdentityAssociations'];
  if (Array.isArray(associations)) {
    cluster['podIdentityAssociations'] = associations.map((association: Fields, index) => ({
      id: `a-${name}${index}`,
      ...association,
      ...('policy' in association && { policy: textOf(association['policy']) }),
    }));
  }
  if (kubernetes !== undefined) {
    cluster['kubernetes'] = expandKubernetes(kubernetes, {
      region,
      autoMode: cluster['autoMode'] === true,
      nodeRole: listed(cluster['nodegroups']).flatMap(({ roleArn }) =>
        typeof roleArn === 'string' ? [roleArn] : [],
      )[0],
      associations: listed(associations),
    });
  }
  for (const [key, value] of Object.entries(cluster)) if (value === null) delete cluster[key];
  return cluster;
}

const listed = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : []);

function textOf(value: unknown): unknown {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** 32 hexadecimal digits that depend on the name alone, in capitals as EKS writes them. */
function issuerId(name: string): string {
  return Buffer.from(name.repeat(16)).toString('hex').toUpperCase().slice(0, 32);
}

function expandRole(compact: NonNullable<CompactAccount['roles']>[number], home: Home): Fields {
  const { name, path = '/', trustPolicy, attached = [], inline = {}, ...rest } = compact;
  return {
    arn: `arn:${home.partition}:iam::${home.account}:role${path}${name}`,
    created: '2026-01-02T00:00:00Z',
    trustPolicy: policyText(trustPolicy),
    attachedPolicies: attached,
    inlinePolicies: Object.entries(inline).map(([key, document]) => ({
      name: key,
      document: policyText(document),
    })),
    tags: {},
    ...rest,
  };
}

function expandProvider(compact: Fields, home: Home): Fields {
  const { issuer, ...rest } = compact;
  return { ...(typeof issuer === 'string' ? providerOf(issuer, home) : {}), ...rest };
}

function providerOf(issuer: string, home: Home): Fields {
  const url = issuer.replace('https://', '');
  return {
    arn: `arn:${home.partition}:iam::${home.account}:oidc-provider/${url}`,
    url,
    clientIds: ['sts.amazonaws.com'],
    created: '2026-01-01T00:00:00Z',
    tags: {},
  };
}

/** Templates that stay: the authenticator fills them in. */
const OF_THE_AUTHENTICATOR: ReadonlySet<string> = new Set([
  'AccessKeyID',
  'AccountID',
  'EC2PrivateDNSName',
  'SessionName',
  'SessionNameRaw',
]);

/** Replaces `{{issuer}}`, `{{provider}}` and `{{cluster}}` (each also with a cluster's name), `{{account}}` and `{{region}}`. */
function resolver(home: Home, accounts: readonly CompactAccount[]): (value: unknown) => unknown {
  const known = new Map<string, string>([
    ['account', home.account],
    ['region', home.region],
  ]);
  for (const account of accounts) {
    const here: Home = {
      account: account.account ?? home.account,
      partition: account.partition ?? home.partition,
      region: account.region ?? home.region,
    };
    for (const compact of account.clusters ?? []) {
      const cluster = expandCluster(compact, here);
      const issuer = String(cluster['issuer'] ?? '').replace('https://', '');
      const provider = `arn:${home.partition}:iam::${home.account}:oidc-provider/${issuer}`;
      for (const suffix of [` ${compact.name}`, ...(known.has('issuer') ? [] : [''])]) {
        known.set(`issuer${suffix}`, issuer);
        known.set(`provider${suffix}`, provider);
        known.set(`cluster${suffix}`, String(cluster['arn']));
      }
    }
  }
  const replace = (text: string) =>
    text.replaceAll(/\{\{([^{}]+)\}\}/g, (_, key: string) => {
      const value = known.get(key);
      if (OF_THE_AUTHENTICATOR.has(key)) return `{{${key}}}`;
      if (value === undefined)
        throw new Error(`No placeholder {{${key}}}; there are ${[...known.keys()].join(', ')}`);
      return value;
    });
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return replace(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [replace(key), walk(inner)]));
  };
  return walk;
}
