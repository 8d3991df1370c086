import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';

/** Credentials as the AWS SDK gives them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The cluster that a token is for. */
export interface TokenCluster {
  /** Its name, or its id for one on an Outpost: the signed header holds it. */
  readonly id: string;
  readonly region: string;
  readonly partition: string;
}

/** Host names end in this, by partition (AWS SDK, partitions.json). */
const SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-us-gov': 'amazonaws.com',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
};

/** Host of the regional STS. */
export function stsHost({ region, partition }: Pick<TokenCluster, 'region' | 'partition'>): string {
  return `sts.${region}.${SUFFIXES[partition] ?? 'amazonaws.com'}`;
}

/**
 * A bearer token for the API server of an EKS cluster: a presigned GetCallerIdentity that names the cluster in a signed
 * header. The authenticator takes it for 15 minutes from its date and refuses every other parameter, so that it is not
 * made by an STS client (aws-iam-authenticator, pkg/token).
 */
export async function clusterToken(
  credentials: AwsCredentials,
  cluster: TokenCluster,
  now: Date,
): Promise<string> {
  const hostname = stsHost(cluster);
  const signer = new SignatureV4({
    service: 'sts',
    region: cluster.region,
    sha256: Hash.bind(null, 'sha256'),
    credentials,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster.id },
    },
    { expiresIn: 60, signingDate: now },
  );
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  const url = `https://${hostname}/?${parameters.join('&')}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

/** The credentials for a token could not be had; `cause` says why. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
}

/** Milliseconds after which a token is made anew; it is taken for 15 minutes. */
const FRESH = 10 * 60 * 1000;

/** Hands out tokens of one cluster, a new one when the last is ten minutes old. They reject with NoTokenError. */
export function tokenSource(
  credentials: () => Promise<AwsCredentials>,
  cluster: TokenCluster,
  now: () => Date,
): () => Promise<string> {
  let last: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    const at = now().getTime();
    if (last === undefined || at - last.at >= FRESH) {
      const token = credentials()
        .then((own) => clusterToken(own, cluster, now()))
        .catch((cause: unknown) => {
          throw new NoTokenError('no token', { cause });
        });
      last = { token, at };
      token.catch(() => {
        last = undefined;
      });
    }
    return last.token;
  };
}
