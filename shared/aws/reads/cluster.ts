import { DescribeClusterCommand, type Cluster as Described } from '@aws-sdk/client-eks';
import { type Cluster, clusterSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import { isoTime } from '../iso-time.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { readAccessEntries } from './access-entries.ts';
import { readAddons } from './addons.ts';
import { readCapabilities } from './capabilities.ts';
import { readFargateProfiles } from './fargate-profiles.ts';
import { readIdentityProviderConfigs } from './identity-provider-configs.ts';
import { readNodegroups } from './nodegroups.ts';
import { readAssociations } from './pod-identity-associations.ts';

export const permissions: Permissions = { actions: ['eks:DescribeCluster'], for: 'read' };

/** One cluster with its lists. Lists that could not be read are absent; `arn` names it when it was not described. */
export async function readCluster(cluster: ClusterReader, arn: string): Promise<Cluster> {
  const described = describe(cluster, arn);
  const [
    config,
    addons,
    podIdentityAssociations,
    accessEntries,
    identityProviderConfigs,
    nodegroups,
    fargateProfiles,
    capabilities,
  ] = await Promise.all([
    described,
    readAddons(cluster),
    readAssociations(cluster),
    described.then(({ authenticationMode }) => readAccessEntries(cluster, authenticationMode)),
    readIdentityProviderConfigs(cluster),
    readNodegroups(cluster),
    readFargateProfiles(cluster),
    readCapabilities(cluster),
  ]);
  return present({
    ...config,
    addons,
    podIdentityAssociations,
    accessEntries,
    identityProviderConfigs,
    nodegroups,
    fargateProfiles,
    capabilities,
  });
}

async function describe({ reading, eks, name, place }: ClusterReader, arn: string): Promise<Cluster> {
  const read = 'eks:DescribeCluster';
  const answer = await reading.one(read, place, () => eks.send(new DescribeClusterCommand({ name })));
  if (answer === undefined) return { name, arn };
  if (answer.cluster?.name !== name || answer.cluster.status === undefined) {
    reading.gap(read, place, 'malformed answer: no cluster, or another one');
    return { name, arn };
  }
  const mode = clusterSchema.shape.authenticationMode.safeParse(
    answer.cluster.accessConfig?.authenticationMode,
  );
  if (!mode.success) reading.gap(read, place, 'malformed answer: an authentication mode that is not known');
  const config = { ...configOf(answer.cluster), authenticationMode: mode.data };
  return reading.shaped(clusterSchema, config, read, place) ?? { name, arn };
}

function configOf(cluster: Described): object {
  return {
    name: cluster.name,
    arn: cluster.arn,
    status: cluster.status,
    version: cluster.version,
    created: isoTime(cluster.createdAt),
    issuer: cluster.identity?.oidc?.issuer,
    roleArn: cluster.roleArn,
    autoMode: cluster.computeConfig?.enabled,
    publicEndpoint: cluster.resourcesVpcConfig?.endpointPublicAccess,
    logging: cluster.logging?.clusterLogging?.flatMap(({ enabled, types }) => (enabled ? (types ?? []) : [])),
    tags: cluster.tags,
  };
}
