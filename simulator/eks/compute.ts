import type * as eks from '@aws-sdk/client-eks';
import type { FargateProfile, Nodegroup } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { putEntry } from './access-entries.ts';
import { inUse, notFound } from './errors.ts';
import { activeCluster, clusterOf, eksArn, eksPage } from './lookup.ts';

/** EKS lets the nodes in by itself, where the cluster has access entries. Source: EKS user guide, "Create access entries". */
function admitNodes(call: Call, state: ClusterState, roleArn: string | undefined, type: string): void {
  if (roleArn === undefined || state.cluster.accessConfig?.authenticationMode === 'CONFIG_MAP') return;
  if (!state.entries.has(roleArn)) putEntry(call, state, { principalArn: roleArn, type });
}

function createNodegroup(call: Call, input: eks.CreateNodegroupCommandInput): Nodegroup {
  const state = activeCluster(call, input.clusterName);
  const name = input.nodegroupName ?? '';
  if (state.nodegroups.has(name))
    throw inUse(`NodeGroup already exists with name ${name} and cluster name ${state.cluster.name}`);
  const amiType = input.amiType ?? 'AL2023_x86_64_STANDARD';
  const nodegroup: Nodegroup = {
    nodegroupName: name,
    nodegroupArn: eksArn(call, `nodegroup/${state.cluster.name}/${name}/${call.world.ids.uuid()}`),
    clusterName: state.cluster.name,
    version: state.cluster.version,
    createdAt: call.now,
    modifiedAt: call.now,
    status: 'CREATING',
    capacityType: input.capacityType ?? 'ON_DEMAND',
    scalingConfig: input.scalingConfig ?? { minSize: 1, maxSize: 2, desiredSize: 2 },
    instanceTypes: input.instanceTypes ?? ['t3.medium'],
    subnets: [...(input.subnets ?? [])],
    amiType,
    nodeRole: input.nodeRole,
    labels: { ...input.labels },
    health: { issues: [] },
    tags: { ...input.tags },
  };
  state.nodegroups.set(name, nodegroup);
  admitNodes(call, state, input.nodeRole, amiType.startsWith('WINDOWS') ? 'EC2_WINDOWS' : 'EC2_LINUX');
  const answer = structuredClone(nodegroup);
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    nodegroup.status = 'ACTIVE';
  });
  return answer;
}

function createProfile(call: Call, input: eks.CreateFargateProfileCommandInput): FargateProfile {
  const state = activeCluster(call, input.clusterName);
  const name = input.fargateProfileName ?? '';
  if (state.fargateProfiles.has(name))
    throw inUse(`Fargate Profile already exists with this name in this cluster.`);
  const profile: FargateProfile = {
    fargateProfileName: name,
    fargateProfileArn: eksArn(call, `fargateprofile/${state.cluster.name}/${name}/${call.world.ids.uuid()}`),
    clusterName: state.cluster.name,
    createdAt: call.now,
    podExecutionRoleArn: input.podExecutionRoleArn,
    subnets: [...(input.subnets ?? [])],
    selectors: structuredClone(input.selectors ?? []),
    status: 'CREATING',
    tags: { ...input.tags },
  };
  state.fargateProfiles.set(name, profile);
  admitNodes(call, state, input.podExecutionRoleArn, 'FARGATE_LINUX');
  const answer = structuredClone(profile);
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    profile.status = 'ACTIVE';
  });
  return answer;
}

function nodegroupOf(state: ClusterState, name: string | undefined): Nodegroup {
  const nodegroup = state.nodegroups.get(name ?? '');
  if (nodegroup === undefined) throw notFound(`No node group found for name: ${name}.`);
  return nodegroup;
}

function profileOf(state: ClusterState, name: string | undefined): FargateProfile {
  const profile = state.fargateProfiles.get(name ?? '');
  if (profile === undefined) throw notFound(`No Fargate Profile found with name: ${name}.`);
  return profile;
}

/** Node groups and Fargate profiles, as far as their roles matter. */
export const computeOperations: Operations<typeof eks> = {
  CreateNodegroup: write((call, input) => ({ nodegroup: createNodegroup(call, input) })),
  DescribeNodegroup: read((call, { clusterName, nodegroupName }) => ({
    nodegroup: structuredClone(nodegroupOf(clusterOf(call, clusterName), nodegroupName)),
  })),
  ListNodegroups: read((call, input) => {
    const { items, nextToken } = eksPage(
      call,
      [...clusterOf(call, input.clusterName).nodegroups.keys()].sort(),
      input,
    );
    return { nodegroups: items, nextToken };
  }),
  DeleteNodegroup: write((call, { clusterName, nodegroupName }) => {
    const state = clusterOf(call, clusterName);
    const nodegroup = nodegroupOf(state, nodegroupName);
    nodegroup.status = 'DELETING';
    const answer = structuredClone(nodegroup);
    call.world.clock.after(call.world.settings.updateSeconds, () =>
      state.nodegroups.delete(nodegroupName ?? ''),
    );
    return { nodegroup: answer };
  }),
  CreateFargateProfile: write((call, input) => ({ fargateProfile: createProfile(call, input) })),
  DescribeFargateProfile: read((call, { clusterName, fargateProfileName }) => ({
    fargateProfile: structuredClone(profileOf(clusterOf(call, clusterName), fargateProfileName)),
  })),
  ListFargateProfiles: read((call, input) => {
    const names = [...clusterOf(call, input.clusterName).fargateProfiles.keys()].sort();
    const { items, nextToken } = eksPage(call, names, input);
    return { fargateProfileNames: items, nextToken };
  }),
  DeleteFargateProfile: write((call, { clusterName, fargateProfileName }) => {
    const state = clusterOf(call, clusterName);
    const profile = profileOf(state, fargateProfileName);
    profile.status = 'DELETING';
    const answer = structuredClone(profile);
    call.world.clock.after(call.world.settings.updateSeconds, () =>
      state.fargateProfiles.delete(fargateProfileName ?? ''),
    );
    return { fargateProfile: answer };
  }),
};
