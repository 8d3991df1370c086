import type * as eks from '@aws-sdk/client-eks';
import type { Cluster, Logging } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import { issuerFor } from '../partitions.ts';
import type { RoleSession } from '../records/actor.ts';
import { createReplica } from '../replica.ts';
import type { ClusterState } from '../state.ts';
import { grantCreator } from './access-entries.ts';
import { inUse, invalidParameter, invalidRequest } from './errors.ts';
import { clusterOf, eksArn, eksPage } from './lookup.ts';
import { startUpdate } from './updates.ts';

const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;
const DEFAULT_VERSION = '1.34';

/** Every log type, on or off, as DescribeCluster lists them. */
function loggingOf(given: Logging | undefined, before: readonly string[] = []): Logging {
  const on = new Set<string>(before);
  for (const { types, enabled } of given?.clusterLogging ?? []) {
    for (const type of types ?? []) enabled === true ? on.add(type) : on.delete(type);
  }
  const enabled = LOG_TYPES.filter((type) => on.has(type));
  const disabled = LOG_TYPES.filter((type) => !on.has(type));
  return {
    clusterLogging: [
      ...(enabled.length === 0 ? [] : [{ types: enabled, enabled: true }]),
      ...(disabled.length === 0 ? [] : [{ types: disabled, enabled: false }]),
    ],
  };
}

const enabledTypes = (logging: Logging | undefined): string[] =>
  (logging?.clusterLogging ?? [])
    .filter(({ enabled }) => enabled === true)
    .flatMap(({ types }) => types ?? []);

function newCluster(call: Call, input: eks.CreateClusterCommandInput): Cluster {
  const name = input.name ?? '';
  const vpc = input.resourcesVpcConfig;
  return {
    name,
    arn: eksArn(call, `cluster/${name}`),
    createdAt: call.now,
    version: input.version ?? DEFAULT_VERSION,
    roleArn: input.roleArn,
    resourcesVpcConfig: {
      subnetIds: vpc?.subnetIds ?? [],
      securityGroupIds: vpc?.securityGroupIds ?? [],
      vpcId: 'vpc-0simulated',
      endpointPublicAccess: vpc?.endpointPublicAccess ?? true,
      endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
      publicAccessCidrs: vpc?.publicAccessCidrs ?? ['0.0.0.0/0'],
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
    logging: loggingOf(input.logging),
    status: 'CREATING',
    certificateAuthority: {},
    platformVersion: 'eks.1',
    tags: { ...input.tags },
    accessConfig: {
      bootstrapClusterCreatorAdminPermissions:
        input.accessConfig?.bootstrapClusterCreatorAdminPermissions ?? true,
      authenticationMode: input.accessConfig?.authenticationMode ?? 'CONFIG_MAP',
    },
    ...(input.computeConfig === undefined ? {} : { computeConfig: { ...input.computeConfig } }),
  };
}

function createCluster(call: Call, input: eks.CreateClusterCommandInput): ClusterState {
  const { world, region } = call;
  const name = input.name ?? '';
  if (!NAME.test(name)) throw invalidParameter(`The cluster name ${name} is not valid.`);
  if (region.clusters.has(name)) throw inUse(`Cluster already exists with name: ${name}`);
  const state: ClusterState = {
    cluster: newCluster(call, input),
    issuer: issuerFor(call.account.partition, region.name, world.ids.hex(32).toUpperCase()),
    addons: new Map(),
    associations: createReplica(new Map(), world.clock, world.settings.delaySeconds),
    entries: new Map(),
    nodegroups: new Map(),
    fargateProfiles: new Map(),
    capabilities: new Map(),
    identityProviderConfigs: new Map(),
    updates: new Map(),
  };
  if (state.cluster.computeConfig?.enabled === true && !takesEntries(state)) {
    throw invalidParameter('EKS Auto Mode requires the authentication mode API or API_AND_CONFIG_MAP.');
  }
  region.clusters.set(name, state);
  world.clock.after(world.settings.clusterCreationSeconds, () => activate(call, state));
  return state;
}

const takesEntries = ({ cluster }: ClusterState): boolean =>
  cluster.accessConfig?.authenticationMode !== 'CONFIG_MAP';

/** What appears when creation is through: endpoint, certificate, issuer, and the creator's entry. */
function activate(call: Call, state: ClusterState): void {
  const { cluster } = state;
  cluster.status = 'ACTIVE';
  cluster.endpoint = `https://${call.world.ids.hex(32).toUpperCase()}.gr7.${call.region.name}.eks.amazonaws.com`;
  cluster.certificateAuthority = { data: 'c2ltdWxhdGVk' };
  cluster.identity = { oidc: { issuer: state.issuer } };
  if (cluster.accessConfig?.bootstrapClusterCreatorAdminPermissions !== true || !takesEntries(state)) return;
  const creator = creatorArn(call);
  if (creator !== null) grantCreator(call, state, creator);
}

function creatorArn({ actor }: Call): string | null {
  if (actor.kind === 'role-session') return (actor satisfies RoleSession).roleArn;
  return actor.kind === 'user' ? actor.userArn : null;
}

function deleteCluster(call: Call, name: string | undefined): Cluster {
  const state = clusterOf(call, name);
  if (state.cluster.deletionProtection === true) {
    throw invalidRequest(`Cluster ${name} has deletion protection enabled.`);
  }
  if (state.nodegroups.size > 0) throw inUse('Cluster has nodegroups attached');
  if (state.fargateProfiles.size > 0) throw inUse('Cluster has Fargate profiles attached');
  state.cluster.status = 'DELETING';
  const answer = { ...state.cluster };
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    if (call.region.clusters.get(name ?? '') === state) call.region.clusters.delete(name ?? '');
  });
  return answer;
}

type Mode = NonNullable<NonNullable<Cluster['accessConfig']>['authenticationMode']>;
const MODES: readonly Mode[] = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

/** One change at a time; authentication modes only go forward. Source: EKS user guide, "Change authentication mode". */
function updateConfig(call: Call, input: eks.UpdateClusterConfigCommandInput) {
  const state = clusterOf(call, input.name);
  const { cluster } = state;
  if (cluster.status !== 'ACTIVE') {
    throw inUse(
      `Cannot ${input.accessConfig ? 'AccessConfigUpdate' : 'update'} because cluster ${input.name} currently has an update in progress`,
    );
  }
  const mode = input.accessConfig?.authenticationMode;
  const before = cluster.accessConfig?.authenticationMode;
  if (mode !== undefined) {
    if (mode === before)
      throw invalidRequest(`Unsupported authentication mode update from ${before} to ${mode}`);
    if (before !== undefined && MODES.indexOf(mode) !== MODES.indexOf(before) + 1) {
      throw invalidRequest(`Unsupported authentication mode update from ${before} to ${mode}`);
    }
  }
  cluster.status = 'UPDATING';
  const [type, params] =
    mode !== undefined
      ? (['AccessConfigUpdate', [{ type: 'AuthenticationMode', value: JSON.stringify(mode) }]] as const)
      : input.logging !== undefined
        ? (['LoggingUpdate', [{ type: 'ClusterLogging', value: JSON.stringify(input.logging) }]] as const)
        : ([
            'EndpointAccessUpdate',
            [
              {
                type: 'EndpointPublicAccess',
                value: String(input.resourcesVpcConfig?.endpointPublicAccess ?? true),
              },
            ],
          ] as const);
  return startUpdate(call, state, type, [...params], () => {
    cluster.status = 'ACTIVE';
    if (mode !== undefined) cluster.accessConfig = { ...cluster.accessConfig, authenticationMode: mode };
    if (input.logging !== undefined)
      cluster.logging = loggingOf(input.logging, enabledTypes(cluster.logging));
    const open = input.resourcesVpcConfig?.endpointPublicAccess;
    if (open !== undefined)
      cluster.resourcesVpcConfig = { ...cluster.resourcesVpcConfig, endpointPublicAccess: open };
  });
}

/** Clusters. A new one is CREATING until the clock has moved on, without issuer until then. */
export const clusterOperations: Operations<typeof eks> = {
  CreateCluster: write((call, input) => ({ cluster: { ...createCluster(call, input).cluster } })),
  DescribeCluster: read((call, { name }) => ({ cluster: structuredClone(clusterOf(call, name).cluster) })),
  ListClusters: read((call, input) => {
    const { items, nextToken } = eksPage(call, [...call.region.clusters.keys()].sort(), input);
    return { clusters: items, nextToken };
  }),
  DeleteCluster: write((call, { name }) => ({ cluster: deleteCluster(call, name) })),
  UpdateClusterConfig: write((call, input) => ({ update: updateConfig(call, input) })),
  UpdateClusterVersion: write((call, input) => {
    const state = clusterOf(call, input.name);
    if (state.cluster.status !== 'ACTIVE') {
      throw inUse(`Cannot VersionUpdate because cluster ${input.name} currently has an update in progress`);
    }
    state.cluster.status = 'UPDATING';
    const params = [{ type: 'Version' as const, value: input.version ?? '' }];
    const update = startUpdate(call, state, 'VersionUpdate', params, () => {
      state.cluster.status = 'ACTIVE';
      state.cluster.version = input.version;
    });
    return { update };
  }),
};
