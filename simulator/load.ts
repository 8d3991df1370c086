import type { Cluster as EksCluster } from '@aws-sdk/client-eks';
import type {
  AccessEntry,
  Account,
  Cluster,
  CoverageGap,
  ManagedPolicy,
  OidcProvider,
  Role,
  Snapshot,
  Trail,
  User,
} from '../shared/estate/snapshot.ts';
import { creationRecord } from './history.ts';
import type { World } from './operation.ts';
import { createReplica } from './replica.ts';
import {
  type AccountSetup,
  createSimulation,
  type Simulation,
  type SimulationOptions,
} from './simulation.ts';
import type {
  AccountState,
  ClusterState,
  EntryState,
  PolicyState,
  ProviderState,
  RoleState,
  TrailState,
  UserState,
} from './state.ts';

const EPOCH = new Date('2020-01-01T00:00:00Z');
const at = (time: string | undefined): Date => (time === undefined ? EPOCH : new Date(time));
const tagsOf = (tags: Record<string, string> | undefined): Map<string, string> =>
  new Map(Object.entries(tags ?? {}));
const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/**
 * An organization as a snapshot shows it: the same reads give the same snapshot again. What the snapshot could not read
 * is denied here as well, place by place. The clock stands at `takenAt` unless told otherwise.
 */
export function simulationFrom(
  snapshot: Snapshot,
  options: Partial<Omit<SimulationOptions, 'accounts'>> = {},
): Simulation {
  const simulation = createSimulation({
    ...options,
    now: options.now ?? snapshot.takenAt,
    accounts: snapshot.accounts.map(setupOf),
  });
  for (const account of snapshot.accounts) {
    const state = simulation.world.accounts.get(account.id);
    if (state !== undefined) loadAccount(simulation.world, state, account);
  }
  for (const gap of snapshot.coverage) denyGap(simulation, gap);
  return simulation;
}

/** Adds an account to a simulated organization as a snapshot shows it. */
export function addAccount(simulation: Simulation, account: Account): void {
  loadAccount(simulation.world, simulation.open(setupOf(account)), account);
}

const setupOf = ({ id, partition, name, regions, quotas }: Account): AccountSetup => ({
  id,
  partition,
  ...(name !== undefined && { name }),
  regions: (regions ?? []).map((region) => region.name),
  quotas: {
    ...(quotas?.trustPolicyLength !== undefined && { trustPolicyLength: quotas.trustPolicyLength }),
    ...(quotas?.oidcProviders !== undefined && { oidcProviders: quotas.oidcProviders }),
  },
});

function loadAccount(world: World, state: AccountState, account: Account): void {
  const { live } = state.iam;
  for (const role of account.roles ?? [])
    live.roles.set(lastPart(role.arn).toLowerCase(), loadRole(world, role));
  for (const policy of account.policies ?? []) live.policies.set(policy.arn, loadPolicy(world, policy));
  for (const provider of account.oidcProviders ?? [])
    live.providers.set(provider.arn, loadProvider(provider));
  for (const user of account.users ?? [])
    live.users.set(lastPart(user.arn).toLowerCase(), loadUser(world, user));
  state.iam.changed();
  state.trails.push(...(account.trails ?? []).map(loadTrail));
  for (const region of account.regions ?? []) {
    const place = state.regions.get(region.name);
    for (const cluster of region.clusters ?? []) {
      place?.clusters.set(cluster.name, loadCluster(world, cluster));
      const created = place === undefined ? null : creationRecord(world, state, place, cluster);
      if (created !== null) place?.records.push(created);
    }
  }
}

function loadUser(world: World, { arn, id, created }: User): UserState {
  return {
    name: lastPart(arn),
    path: pathOf(arn, 'user'),
    arn,
    id: id ?? world.ids.unique('AIDA'),
    created: at(created),
    tags: new Map(),
  };
}

/** `/team/` of `…:role/team/app`. */
function pathOf(arn: string, kind: string): string {
  const start = arn.indexOf(`:${kind}/`) + kind.length + 1;
  return arn.slice(start, arn.lastIndexOf('/') + 1);
}

function loadRole(world: World, role: Role): RoleState {
  return {
    name: lastPart(role.arn),
    path: pathOf(role.arn, 'role'),
    arn: role.arn,
    id: role.id ?? world.ids.unique('AROA'),
    created: at(role.created),
    trust: role.trustPolicy,
    maxSessionDuration: role.maxSessionDuration ?? 3600,
    description: undefined,
    boundary: role.permissionsBoundary,
    attached: [...(role.attachedPolicies ?? [])],
    inline: new Map((role.inlinePolicies ?? []).map(({ name, document }) => [name, document])),
    tags: tagsOf(role.tags),
    lastUsed:
      role.lastUsed?.at === undefined
        ? undefined
        : { at: at(role.lastUsed.at), region: role.lastUsed.region ?? '' },
  };
}

function loadPolicy(world: World, { arn, document }: ManagedPolicy): PolicyState {
  return {
    name: lastPart(arn),
    path: pathOf(arn, 'policy'),
    arn,
    id: world.ids.unique('ANPA'),
    created: EPOCH,
    description: undefined,
    versions: new Map([['v1', { document, created: EPOCH }]]),
    defaultVersion: 'v1',
    nextVersion: 2,
    tags: new Map(),
  };
}

function loadProvider(provider: OidcProvider): ProviderState {
  return {
    arn: provider.arn,
    url: provider.url ?? provider.arn.slice(provider.arn.indexOf('oidc-provider/') + 'oidc-provider/'.length),
    clientIds: [...(provider.clientIds ?? [])],
    thumbprints: [...(provider.thumbprints ?? [])],
    created: at(provider.created),
    tags: tagsOf(provider.tags),
  };
}

function loadTrail(trail: Trail): TrailState {
  return {
    arn: trail.arn,
    name: lastPart(trail.arn),
    homeRegion: trail.homeRegion ?? '',
    multiRegion: trail.multiRegion ?? false,
    organization: trail.organization ?? false,
    logging: trail.logging ?? false,
    managementEvents: trail.managementEvents ?? 'all',
  };
}

function describedCluster(cluster: Cluster): EksCluster {
  return {
    name: cluster.name,
    arn: cluster.arn,
    createdAt: at(cluster.created),
    version: cluster.version,
    roleArn: cluster.roleArn,
    status: asStatus(cluster.status),
    tags: { ...cluster.tags },
    platformVersion: 'eks.1',
    resourcesVpcConfig: { endpointPublicAccess: cluster.publicEndpoint },
    accessConfig: { authenticationMode: cluster.authenticationMode },
    logging: { clusterLogging: [{ types: logTypes(cluster.logging), enabled: true }] },
    ...(cluster.issuer === undefined ? {} : { identity: { oidc: { issuer: cluster.issuer } } }),
    ...(cluster.autoMode === undefined ? {} : { computeConfig: { enabled: cluster.autoMode } }),
  };
}

const STATUSES = ['ACTIVE', 'CREATING', 'DELETING', 'FAILED', 'PENDING', 'UPDATING'] as const;
const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

const asStatus = (text: string | undefined) => STATUSES.find((status) => status === text) ?? 'ACTIVE';
const logTypes = (types: readonly string[] | undefined) => LOG_TYPES.filter((type) => types?.includes(type));

function loadCluster(world: World, cluster: Cluster): ClusterState {
  const clusterName = cluster.name;
  const associations = new Map(
    (cluster.podIdentityAssociations ?? []).map((one) => [
      one.id,
      {
        clusterName,
        namespace: one.namespace,
        serviceAccount: one.serviceAccount,
        roleArn: one.roleArn,
        associationArn: one.arn,
        associationId: one.id,
        tags: { ...one.tags },
        createdAt: at(one.created),
        modifiedAt: at(one.modified ?? one.created),
        ownerArn: one.ownerArn,
        disableSessionTags: one.disableSessionTags,
        targetRoleArn: one.targetRoleArn,
        externalId: one.externalId,
        policy: one.policy,
      },
    ]),
  );
  const named = <T extends { readonly name: string }, S>(
    items: readonly T[] | undefined,
    make: (item: T) => S,
  ): Map<string, S> => new Map((items ?? []).map((item) => [item.name, make(item)]));
  return {
    cluster: describedCluster(cluster),
    issuer: cluster.issuer ?? '',
    addons: named(cluster.addons, (addon) => ({
      addonName: addon.name,
      clusterName,
      addonVersion: addon.version,
      status: ADDON_STATUSES.find((status) => status === addon.status),
      serviceAccountRoleArn: addon.serviceAccountRoleArn,
      podIdentityAssociations: addon.podIdentityAssociations,
      addonArn: `${cluster.arn.replace(':cluster/', ':addon/')}/${addon.name}/${world.ids.uuid()}`,
    })),
    associations: createReplica(associations, world.clock, world.settings.delaySeconds),
    entries: new Map(
      (cluster.accessEntries ?? []).map((entry) => [entry.principalArn, loadEntry(world, cluster, entry)]),
    ),
    nodegroups: named(cluster.nodegroups, (group) => ({
      nodegroupName: group.name,
      clusterName,
      nodeRole: group.roleArn,
      amiType: AMI_TYPES.find((type) => type === group.amiType),
      status: 'ACTIVE' as const,
    })),
    fargateProfiles: named(cluster.fargateProfiles, (profile) => ({
      fargateProfileName: profile.name,
      clusterName,
      podExecutionRoleArn: profile.roleArn,
      selectors: profile.selectors,
      status: 'ACTIVE' as const,
    })),
    capabilities: named(cluster.capabilities, (capability) => ({
      capabilityName: capability.name,
      clusterName,
      type: CAPABILITIES.find((type) => type === capability.type),
      roleArn: capability.roleArn,
      status: 'ACTIVE' as const,
    })),
    identityProviderConfigs: named(cluster.identityProviderConfigs, (config) => ({
      identityProviderConfigName: config.name,
      clusterName,
      issuerUrl: config.issuer,
      status: 'ACTIVE' as const,
    })),
    updates: new Map(),
  };
}

const ADDON_STATUSES = [
  'ACTIVE',
  'CREATING',
  'CREATE_FAILED',
  'DEGRADED',
  'DELETE_FAILED',
  'DELETING',
  'UPDATE_FAILED',
  'UPDATING',
] as const;
const AMI_TYPES = [
  'AL2023_x86_64_STANDARD',
  'AL2023_ARM_64_STANDARD',
  'AL2_x86_64',
  'BOTTLEROCKET_x86_64',
  'BOTTLEROCKET_ARM_64',
  'WINDOWS_CORE_2022_x86_64',
  'CUSTOM',
] as const;
const CAPABILITIES = ['ACK', 'ARGOCD', 'KRO'] as const;

function loadEntry(world: World, cluster: Cluster, entry: AccessEntry): EntryState {
  return {
    entry: {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      kubernetesGroups: [...(entry.groups ?? [])],
      accessEntryArn: `${cluster.arn.replace(':cluster/', ':access-entry/')}/${world.ids.uuid()}`,
      createdAt: at(entry.created),
      modifiedAt: at(entry.modified ?? entry.created),
      tags: { ...entry.tags },
      username: entry.username,
      type: entry.type,
    },
    policies: (entry.policies ?? []).map(({ policyArn, scope }) => ({
      policyArn,
      accessScope: { type: scope.type, namespaces: [...(scope.namespaces ?? [])] },
      associatedAt: at(entry.created),
      modifiedAt: at(entry.created),
    })),
  };
}

function denyGap({ faults }: Simulation, { read, account, region, cluster, subject }: CoverageGap): void {
  const named = [cluster, subject].filter((text) => text !== undefined);
  faults.on(read, {
    kind: 'denied',
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(named.length === 0
      ? {}
      : { when: (input) => named.every((text) => Object.values(input).includes(text)) }),
  });
}
