import {
  AuthenticationV1Api,
  type Configuration,
  CoreV1Api,
  createConfiguration,
  DiscoveryV1Api,
  KubeConfig,
  type SecurityAuthentication,
  ServerConfiguration,
  VersionApi,
} from '@kubernetes/client-node';
import { Agent } from 'undici';
import { boundedHttp, DEFAULT_LIMITS, type HttpLimits } from './http-library.ts';
import { type PlainList, plainLists } from './plain-list.ts';

/** The clients of one cluster's API server. */
export interface Connection {
  readonly server: string;
  readonly core: CoreV1Api;
  /** Lists of any kind, page by page. */
  readonly list: PlainList;
  readonly discovery: DiscoveryV1Api;
  readonly authentication: AuthenticationV1Api;
  readonly version: VersionApi;
  /** Ends its connections. */
  readonly close: () => Promise<void>;
}

export interface ConnectOptions {
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds until a connection must stand; a private endpoint without a route never answers. */
  readonly connectTimeout?: number;
  /** Ends every request. */
  readonly signal?: AbortSignal;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** A cluster's endpoint as DescribeCluster gives it, and tokens for it. */
export interface Endpoint {
  /** `https://….eks.amazonaws.com` */
  readonly server: string;
  /** Base64 of the authority's PEM. */
  readonly certificateAuthority: string;
  readonly token: () => Promise<string>;
}

const CONNECT_MILLISECONDS = 4_000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Connects to the API server of an EKS cluster: its own authority alone is trusted. Makes no request by itself. */
export function connectTo(endpoint: Endpoint, options: ConnectOptions = {}): Connection {
  const ca = Buffer.from(endpoint.certificateAuthority, 'base64').toString('utf8');
  const connect = { ca, timeout: options.connectTimeout ?? CONNECT_MILLISECONDS, keepAlive: true };
  const agent = new Agent({ connect, connections: 4 });
  const bearer: SecurityAuthentication = {
    getName: () => 'bearer token',
    applySecurityAuthentication: async (context) =>
      context.setHeaderParam('Authorization', `Bearer ${await endpoint.token()}`),
  };
  return connection(endpoint.server, bearer, agent, options);
}

/** A context of a kubeconfig file that cannot be used, and why. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

export interface KubeconfigChoice {
  /** Path of the file. Absent: `KUBECONFIG`, else `~/.kube/config`. */
  readonly file?: string;
  /** Absent: the current context. */
  readonly context?: string;
}

/** Reads a kubeconfig. Throws KubeconfigError for a file or context that is not there or cannot be read. */
export function kubeconfigOf({ file, context }: KubeconfigChoice): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KubeconfigError(`The kubeconfig ${file ?? ''} cannot be read: ${reason.slice(0, 300)}`);
  }
  const wanted = context ?? config.getCurrentContext();
  if (config.getContextObject(wanted) === null) {
    const names = config.getContexts().map(({ name }) => name);
    throw new KubeconfigError(
      `The kubeconfig ${file ?? ''} has no context ${JSON.stringify(wanted)}; it has ${names.slice(0, 10).join(', ') || 'none'}. Choose one with --context.`,
    );
  }
  config.setCurrentContext(wanted);
  return config;
}

/** Connects by a kubeconfig's current context, with its user's certificate, token or credential program. */
export function connectBy(config: KubeConfig, options: ConnectOptions = {}): Connection {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new KubeconfigError('The context of the kubeconfig names no cluster.');
  return connection(server, config, undefined, options);
}

function connection(
  server: string,
  authentication: SecurityAuthentication,
  agent: Agent | undefined,
  { limits, signal, sleep = pause }: ConnectOptions,
): Connection {
  const httpApi = boundedHttp(
    agent,
    { ...DEFAULT_LIMITS, ...limits },
    { sleep, ...(signal === undefined ? {} : { signal }) },
  );
  const configuration: Configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: authentication },
    httpApi,
  });
  return {
    server,
    core: new CoreV1Api(configuration),
    list: plainLists(server, authentication, httpApi),
    discovery: new DiscoveryV1Api(configuration),
    authentication: new AuthenticationV1Api(configuration),
    version: new VersionApi(configuration),
    close: async () => agent?.destroy(),
  };
}
