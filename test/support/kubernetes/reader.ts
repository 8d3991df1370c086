import type { KubernetesEndpoint } from '../../../shared/aws/kubernetes-reader.ts';
import type { KubernetesOnLoopback } from './cluster.ts';
import { credentialsOf } from './identities.ts';

/** The session that tests of the reader sign in as, and its role as access entries and `aws-auth` name it. */
export const READER = {
  session: 'arn:aws:sts::111122223333:assumed-role/podtrust-read/podtrust',
  role: 'arn:aws:iam::111122223333:role/podtrust-read',
} as const;

/** The cluster as collection hands it to a reader, with credentials of a session; `through`: a proxy in front of it. */
export async function endpointOf(
  kubernetes: KubernetesOnLoopback,
  session: string = READER.session,
  through: { readonly server: string; readonly certificateAuthority: string } = kubernetes,
): Promise<KubernetesEndpoint> {
  const credentials = await credentialsOf(kubernetes, session);
  return {
    account: '111122223333',
    partition: 'aws',
    region: kubernetes.region,
    name: kubernetes.cluster,
    arn: `arn:aws:eks:${kubernetes.region}:111122223333:cluster/${kubernetes.cluster}`,
    principal: session.replace(/:sts:(.*):assumed-role\/([^/]*)\/.*/, ':iam:$1:role/$2'),
    server: through.server,
    certificateAuthority: Buffer.from(through.certificateAuthority).toString('base64'),
    credentials: async () => credentials,
  };
}
