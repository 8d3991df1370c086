import type * as eks from '@aws-sdk/client-eks';
import type { Capability } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { putEntry } from './access-entries.ts';
import { inUse, notFound } from './errors.ts';
import { activeCluster, clusterOf, eksArn, eksPage } from './lookup.ts';

function capabilityOf(state: ClusterState, name: string | undefined): Capability {
  const capability = state.capabilities.get(name ?? '');
  if (capability === undefined) throw notFound(`No capability found for name: ${name}.`);
  return capability;
}

function createCapability(call: Call, input: eks.CreateCapabilityCommandInput): Capability {
  const state = activeCluster(call, input.clusterName);
  const name = input.capabilityName ?? '';
  if (state.capabilities.has(name)) throw inUse(`Capability already exists with name: ${name}.`);
  const capability: Capability = {
    capabilityName: name,
    arn: eksArn(
      call,
      `capability/${state.cluster.name}/${(input.type ?? '').toLowerCase()}/${name}/${call.world.ids.uuid()}`,
    ),
    clusterName: state.cluster.name,
    type: input.type,
    roleArn: input.roleArn,
    status: 'CREATING',
    version: 'v1.0.0-eks-1',
    tags: { ...input.tags },
    createdAt: call.now,
    modifiedAt: call.now,
    deletePropagationPolicy: input.deletePropagationPolicy,
  };
  state.capabilities.set(name, capability);
  if (input.roleArn !== undefined && !state.entries.has(input.roleArn)) {
    putEntry(call, state, { principalArn: input.roleArn, type: 'STANDARD' });
  }
  const answer = structuredClone(capability);
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    capability.status = 'ACTIVE';
  });
  return answer;
}

/** EKS capabilities (ACK, Argo CD, KRO): each runs as a role of its own, for which EKS makes an access entry. */
export const capabilityOperations: Operations<typeof eks> = {
  CreateCapability: write((call, input) => ({ capability: createCapability(call, input) })),
  DescribeCapability: read((call, { clusterName, capabilityName }) => ({
    capability: structuredClone(capabilityOf(clusterOf(call, clusterName), capabilityName)),
  })),
  ListCapabilities: read((call, input) => {
    const { items, nextToken } = eksPage(
      call,
      [...clusterOf(call, input.clusterName).capabilities.values()],
      input,
    );
    const capabilities = items.map(
      ({ capabilityName, arn, type, status, version, createdAt, modifiedAt }) => ({
        capabilityName,
        arn,
        type,
        status,
        version,
        createdAt,
        modifiedAt,
      }),
    );
    return { capabilities, nextToken };
  }),
  DeleteCapability: write((call, { clusterName, capabilityName }) => {
    const state = clusterOf(call, clusterName);
    const capability = capabilityOf(state, capabilityName);
    capability.status = 'DELETING';
    const answer = structuredClone(capability);
    call.world.clock.after(call.world.settings.updateSeconds, () =>
      state.capabilities.delete(capabilityName ?? ''),
    );
    return { capability: answer };
  }),
};
