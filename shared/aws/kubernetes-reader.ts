import type { Kubernetes } from '../estate/kubernetes-schema.ts';

/** How the API server of one cluster is reached, as DescribeCluster says it; none of it is kept. */
export interface KubernetesEndpoint {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The IAM principal that reads, as access entries name it: of a session its role, whose path is not known. */
  readonly principal: string;
  /** The cluster's id where it is on an Outpost: tokens name that. */
  readonly outpostId?: string;
  readonly server?: string;
  /** Base64 of the authority's PEM. */
  readonly certificateAuthority?: string;
  /** Credentials of the account's reader. */
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** What was read of a cluster's Kubernetes API, and each read that failed. */
export interface KubernetesRead {
  readonly data: Kubernetes | undefined;
  readonly gaps: readonly { readonly read: string; readonly reason: string }[];
}

/** Reads one cluster's Kubernetes API; null for a cluster that is not to be asked. Never rejects. */
export type ReadKubernetes = (endpoint: KubernetesEndpoint) => Promise<KubernetesRead | null>;
