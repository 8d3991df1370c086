import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { KubernetesOnLoopback } from './cluster.ts';
import type { TestCredentials } from './identities.ts';

/** What differs from the token of `aws eks get-token` for the cluster. */
export interface Presigning {
  /** Cluster name in x-k8s-aws-id. */
  readonly cluster?: string;
  readonly region?: string;
  readonly host?: string;
  readonly signingDate?: Date;
  /** Further parameters of the signed URL. */
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * A bearer token as `aws eks get-token` makes it, or wrong in the ways asked for; written from the authenticator's
 * description of its format, so that it can judge the product's own.
 */
export async function presignedToken(
  kubernetes: KubernetesOnLoopback,
  credentials: TestCredentials,
  options: Presigning = {},
): Promise<string> {
  const region = options.region ?? kubernetes.region;
  const host = options.host ?? `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({ service: 'sts', region, sha256: Hash.bind(null, 'sha256'), credentials });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15', ...options.query },
      headers: { host, 'x-k8s-aws-id': options.cluster ?? kubernetes.cluster },
    },
    { expiresIn: 60, signingDate: options.signingDate ?? new Date() },
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(signed.query ?? {})) query.set(name, String(value));
  return `k8s-aws-v1.${Buffer.from(`https://${host}/?${query}`).toString('base64url')}`;
}
