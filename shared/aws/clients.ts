import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AccountClient } from '@aws-sdk/client-account';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import manifest from '../../package.json' with { type: 'json' };
import { assumedRole } from './assume-role.ts';

export interface ClientOf {
  readonly account: AccountClient;
  readonly cloudtrail: CloudTrailClient;
  readonly eks: EKSClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
}

export type ClientKind = keyof ClientOf;

/**
 * Hands out SDK clients. `account` null: the caller's own credentials; an id: those of the read role in that account.
 * `region` null: where the caller's configuration points. The same arguments give the same client.
 */
export interface ClientsFor<Kinds extends ClientKind> {
  <K extends Kinds>(kind: K, account: string | null, region: string | null): ClientOf[K];
  /** Lets go of the clients and credentials of an account that was read: an organization has thousands. */
  readonly forget?: (account: string) => void;
}

export type Clients = ClientsFor<ClientKind>;

/** How clients of some kinds are made: a bundle has those alone that somebody makes in it. */
export type Makers<Kinds extends ClientKind> = { readonly [K in Kinds]: (config: object) => ClientOf[K] };

export interface ClientOptions {
  /** Named profile of the AWS configuration files, for credentials, region and endpoints. */
  readonly profile?: string;
  /** Overrides the region that environment or profile name. */
  readonly region?: string;
  /** Name, with its path if it has one, of the role that is assumed in other accounts. */
  readonly readRole?: string;
  readonly externalId?: string;
  /** Most connections that are open at once to one host. */
  readonly maxSockets?: number;
  /** Most attempts of one call; `AWS_MAX_ATTEMPTS` wins. */
  readonly maxAttempts?: number;
}

const CONNECT_MILLISECONDS = 5_000;
const ANSWER_MILLISECONDS = 60_000;

/**
 * Clients of the AWS SDK as the caller's environment configures them: default credential chain or `profile`,
 * `AWS_ENDPOINT_URL` and its per-service variants, FIPS and dual stack; adaptive retry; `podtrust/<version>` in the
 * user agent. Makes no request by itself.
 */
export function createClients(options: ClientOptions = {}): Clients {
  return clientsMadeBy(ALL_CLIENTS, options);
}

/** The same of some kinds. */
export function clientsMadeBy<Kinds extends ClientKind>(
  makers: Makers<Kinds | 'sts'>,
  options: ClientOptions,
): ClientsFor<Kinds | 'sts'> {
  // Accounts are entered by the one client that everybody sees, so that what it learns of its limits counts.
  const configure: ClientConfigs = clientConfigs(options, () => clients('sts', null, null));
  const clients: ClientsFor<Kinds | 'sts'> = cached<Kinds | 'sts'>(
    (kind, account, region) => makers[kind](configure(account, region)),
    configure.forget,
  );
  return clients;
}

/** Makes what a client is made with, by account and region. */
interface ClientConfigs {
  (account: string | null, region: string | null): object;
  readonly forget: (account: string) => void;
}

/**
 * What a client for an account and a region is made with, for clients of other services than these. `sts`: the client
 * that enters other accounts, one of its own unless given.
 */
export function clientConfigs(options: ClientOptions = {}, sts?: () => STSClient): ClientConfigs {
  const profile = options.profile === undefined ? {} : { profile: options.profile };
  const ownCredentials = fromNodeProviderChain(profile);
  const home = homeRegion(options);
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: options.maxSockets ?? 50 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: options.maxSockets ?? 50 }),
  };
  const roles = new Map<string, ReturnType<typeof assumedRole>>();
  const credentialsOf = (account: string | null) => {
    if (account === null) return ownCredentials;
    const known = roles.get(account);
    if (known) return known;
    const role = assumedRole({
      account,
      role: options.readRole ?? DEFAULT_READ_ROLE,
      ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
      region: home,
      sts: sts ?? entering,
    });
    roles.set(account, role);
    return role;
  };
  let ownSts: STSClient | undefined;
  const entering = () => {
    ownSts ??= new STSClient(configure(null, null));
    return ownSts;
  };
  const configured = environmentOnce(profile);
  const configure = (account: string | null, region: string | null): object => ({
    ...profile,
    ...configured(),
    region: region ?? home,
    credentials: credentialsOf(account),
    retryMode: 'adaptive',
    ...(process.env['AWS_MAX_ATTEMPTS'] === undefined && { maxAttempts: options.maxAttempts ?? 6 }),
    customUserAgent: [['podtrust', manifest.version] satisfies [string, string]],
    requestHandler: {
      ...agents,
      connectionTimeout: CONNECT_MILLISECONDS,
      requestTimeout: ANSWER_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  });
  return Object.assign(configure, { forget: (account: string) => void roles.delete(account) });
}

/**
 * What environment and profile say of every client alike, looked up once: each lookup that finds nothing makes an error
 * or two, and an organization takes two hundred thousand clients.
 */
function environmentOnce(profile: { readonly profile?: string }): () => object {
  let known: object | undefined;
  return () => {
    if (known === undefined) {
      // Its region decides nothing here: each client has its own.
      const { config } = new STSClient({ ...profile, region: 'us-east-1' });
      const { useFipsEndpoint, useDualstackEndpoint, userAgentAppId, authSchemePreference } = config;
      known = { useFipsEndpoint, useDualstackEndpoint, userAgentAppId, authSchemePreference };
    }
    return known;
  };
}

/** The role that podtrust looks for in other accounts unless told otherwise. */
export const DEFAULT_READ_ROLE = 'podtrust-read';

/** Makes clients of every kind. */
export const ALL_CLIENTS: Makers<ClientKind> = {
  account: (config) => new AccountClient(config),
  cloudtrail: (config) => new CloudTrailClient(config),
  eks: (config) => new EKSClient(config),
  iam: (config) => new IAMClient(config),
  sts: (config) => new STSClient(config),
};

/** Keeps one client per kind, account and region: adaptive retry learns a service's limits per client. */
export function cached<Kinds extends ClientKind>(
  make: ClientsFor<Kinds>,
  forget: (account: string) => void = () => undefined,
): ClientsFor<Kinds> {
  const accounts = new Map<string | null, { readonly [K in ClientKind]: Map<string | null, ClientOf[K]> }>();
  const cachesOf = (account: string | null) => {
    const known = accounts.get(account) ?? {
      account: new Map(),
      cloudtrail: new Map(),
      eks: new Map(),
      iam: new Map(),
      sts: new Map(),
    };
    accounts.set(account, known);
    return known;
  };
  const clients: ClientsFor<Kinds> = (kind, account, region) => {
    const cache = cachesOf(account)[kind];
    const known = cache.get(region);
    if (known) return known;
    const client = make(kind, account, region);
    cache.set(region, client);
    return client;
  };
  return Object.assign(clients, {
    forget: (account: string) => {
      accounts.delete(account);
      forget(account);
    },
  });
}

/** Region of the options, `AWS_REGION`, `AWS_DEFAULT_REGION` (which the SDK for JavaScript leaves aside), or the profile. */
function homeRegion({ region, profile }: ClientOptions): () => Promise<string> {
  const named = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (named) return async () => named;
  let known: Promise<string> | undefined;
  return () => {
    known ??= new STSClient(profile === undefined ? {} : { profile }).config
      .region()
      .catch(() => 'us-east-1');
    return known;
  };
}
