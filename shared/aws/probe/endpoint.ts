import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import type { ClusterView } from '../../estate/estate.ts';
import type { Clients } from '../clients.ts';
import { credentialsError } from '../credentials-error.ts';
import { failureReason } from '../failure-reason.ts';
import type { KubernetesEndpoint } from '../kubernetes-reader.ts';
import { readCaller } from '../reads/caller.ts';

/** The cluster's API server cannot be found. */
class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/**
 * How the API server of a cluster is reached, with the caller's credentials, or with those of the read role where the
 * cluster is in another account. Throws an error for people: EndpointError, NoCredentialsError and the like.
 */
export async function clusterEndpoint(
  clients: Clients,
  view: ClusterView,
): Promise<Omit<KubernetesEndpoint, 'principal' | 'tags'>> {
  const { account, region, cluster } = view;
  const caller = await readCaller(clients('sts', null, null)).catch((error: unknown) => {
    throw credentialsError(error);
  });
  const eks = clients('eks', caller.account === account.id ? null : account.id, region);
  const described = await eks
    .send(new DescribeClusterCommand({ name: cluster.name }))
    .then((answer) => answer.cluster)
    .catch((error: unknown) => {
      const advice = 'Use --kubeconfig, or grant eks:DescribeCluster';
      throw new EndpointError(
        `Cluster ${cluster.name} could not be described: ${failureReason(error)}. ${advice}.`,
      );
    });
  if (described?.arn !== cluster.arn)
    throw new EndpointError(
      `Cluster ${cluster.name} in ${region} is not ${cluster.arn}: check the credentials.`,
    );
  const { endpoint: server, certificateAuthority, id: outpostId } = described;
  return {
    account: account.id,
    partition: account.partition,
    region,
    name: cluster.name,
    arn: cluster.arn,
    credentials: () => eks.config.credentials(),
    ...(outpostId === undefined ? {} : { outpostId }),
    ...(server === undefined ? {} : { server }),
    ...(certificateAuthority?.data === undefined ? {} : { certificateAuthority: certificateAuthority.data }),
  };
}
