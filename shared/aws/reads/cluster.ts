import { DescribeClusterCommand, type Cluster as Described } from '@aws-sdk/client-eks';
import type { Kubernetes } from '../../estate/kubernetes-schema.ts';
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
    kubernetes,
  ] = await Promise.all([
    described,
    readAddons(cluster),
    readAssociations(cluster),
    described.then((one) => readAccessEntries(cluster, one.cluster.authenticationMode)),
    readIdentityProviderConfigs(cluster),
    readNodegroups(cluster),
    readFargateProfiles(cluster),
    readCapabilities(cluster),
    described.then((description) => readKubernetesOf(cluster, description)),
  ]);
  return present({
    ...config.cluster,
    addons,
    podIdentityAssociations,
    accessEntries,
    identityProviderConfigs,
    nodegroups,
    fargateProfiles,
    capabilities,
    kubernetes,
  });
}

/** A described cluster, and how its API server is reached, which is not kept. */
interface Description {
  readonly cluster: Cluster;
  readonly endpoint?: Described;
}

/** The Kubernetes API of a running cluster, where it is to be read. */
async function readKubernetesOf(
  { reading, eks, name, place, caller }: ClusterReader,
  { cluster, endpoint }: Description,
): Promise<Kubernetes | undefined> {
  const { account, region } = place;
  if (reading.kubernetes === undefined || endpoint === undefined) return undefined;
  if (account === undefined || region === undefined || !RUNNING.has(endpoint.status ?? '')) return undefined;
  const answer = await reading.kubernetes({
    account,
    region,
    name,
    arn: cluster.arn,
    partition: cluster.arn.split(':')[1] ?? 'aws',
    principal: principalOf(caller),
    credentials: () => eks.config.credentials(),
    ...present({
      tags: endpoint.tags,
      outpostId: endpoint.id,
      server: endpoint.endpoint,
      certificateAuthority: endpoint.certificateAuthority?.data,
    }),
  });
  for (const { read, reason } of answer?.gaps ?? []) reading.gap(read, place, reason);
  return answer?.data;
}

/** `arn:aws:sts::…:assumed-role/name/session` → `arn:aws:iam::…:role/name`; a user's ARN as it is. */
function principalOf(caller: string): string {
  return caller.replace(/^(arn:[^:]+):sts:(:\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam:$2:role/$3');
}

/** Clusters in these states have an API server that answers. */
const RUNNING: ReadonlySet<string> = new Set(['ACTIVE', 'UPDATING']);

async function describe({ reading, eks, name, place }: ClusterReader, arn: string): Promise<Description> {
  const read = 'eks:DescribeCluster';
  const answer = await reading.one(read, place, () => eks.send(new DescribeClusterCommand({ name })));
  if (answer === undefined) return { cluster: { name, arn } };
  if (answer.cluster?.name !== name || answer.cluster.status === undefined) {
    reading.gap(read, place, 'malformed answer: no cluster, or another one');
    return { cluster: { name, arn } };
  }
  const mode = clusterSchema.shape.authenticationMode.safeParse(
    answer.cluster.accessConfig?.authenticationMode,
  );
  if (!mode.success) reading.gap(read, place, 'malformed answer: an authentication mode that is not known');
  const config = { ...configOf(answer.cluster), authenticationMode: mode.data };
  const shaped = reading.shaped(clusterSchema, config, read, place);
  return shaped === undefined ? { cluster: { name, arn } } : { cluster: shaped, endpoint: answer.cluster };
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
    creatorAdmin: cluster.accessConfig?.bootstrapClusterCreatorAdminPermissions,
    autoMode: cluster.computeConfig?.enabled,
    publicEndpoint: cluster.resourcesVpcConfig?.endpointPublicAccess,
    logging: cluster.logging?.clusterLogging?.flatMap(({ enabled, types }) => (enabled ? (types ?? []) : [])),
    tags: cluster.tags,
  };
}
