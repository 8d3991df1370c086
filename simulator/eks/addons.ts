import type * as eks from '@aws-sdk/client-eks';
import type { Addon, AddonPodIdentityAssociations } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { createAssociation, removeAssociation } from './associations.ts';
import { inUse, invalidParameter, notFound } from './errors.ts';
import { activeCluster, clusterOf, eksArn, eksPage } from './lookup.ts';
import { startUpdate } from './updates.ts';

/** Namespaces in which EKS add-ons run, where it is not kube-system. */
const NAMESPACES: Readonly<Record<string, string>> = {
  'amazon-cloudwatch-observability': 'amazon-cloudwatch',
  adot: 'opentelemetry-operator-system',
  'external-dns': 'external-dns',
};

const NAME = /^[a-z0-9][a-z0-9-]*$/;

function addonOf(state: ClusterState, name: string | undefined): Addon {
  const addon = state.addons.get(name ?? '');
  if (addon === undefined) throw notFound(`No addon: ${name} found in cluster: ${state.cluster.name}`);
  return addon;
}

/** Makes an add-on's associations what a request says they are. */
function ownAssociations(
  call: Call,
  state: ClusterState,
  addon: Addon,
  wanted: readonly AddonPodIdentityAssociations[],
): void {
  const ownerArn = addon.addonArn ?? '';
  const namespace = NAMESPACES[addon.addonName ?? ''] ?? 'kube-system';
  const owned = [...state.associations.live.values()].filter((one) => one.ownerArn === ownerArn);
  for (const association of owned) {
    const kept = wanted.some(
      ({ serviceAccount, roleArn }) =>
        serviceAccount === association.serviceAccount && roleArn === association.roleArn,
    );
    if (!kept) removeAssociation(state, association.associationId ?? '');
  }
  for (const { serviceAccount, roleArn } of wanted) {
    const known = owned.some((one) => one.serviceAccount === serviceAccount && one.roleArn === roleArn);
    if (!known) createAssociation(call, state, { namespace, serviceAccount, roleArn, ownerArn });
  }
  const now = [...state.associations.live.values()].filter((one) => one.ownerArn === ownerArn);
  addon.podIdentityAssociations = now.map(({ associationArn }) => associationArn ?? '');
}

function createAddon(call: Call, input: eks.CreateAddonCommandInput): Addon {
  const state = activeCluster(call, input.clusterName);
  const name = input.addonName ?? '';
  if (!NAME.test(name)) throw invalidParameter(`Addon ${name} specified is not supported.`);
  if (state.addons.has(name)) throw inUse('Addon already exists.');
  const addon: Addon = {
    addonName: name,
    clusterName: state.cluster.name,
    status: 'CREATING',
    addonVersion: input.addonVersion ?? 'v1.0.0-eksbuild.1',
    publisher: 'eks',
    owner: 'aws',
    health: { issues: [] },
    addonArn: eksArn(call, `addon/${state.cluster.name}/${name}/${call.world.ids.uuid()}`),
    createdAt: call.now,
    modifiedAt: call.now,
    tags: { ...input.tags },
    ...(input.serviceAccountRoleArn === undefined
      ? {}
      : { serviceAccountRoleArn: input.serviceAccountRoleArn }),
    ...(input.configurationValues === undefined ? {} : { configurationValues: input.configurationValues }),
  };
  if (input.podIdentityAssociations !== undefined) {
    ownAssociations(call, state, addon, input.podIdentityAssociations);
  }
  state.addons.set(name, addon);
  const answer = structuredClone(addon);
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    addon.status = 'ACTIVE';
  });
  return answer;
}

function updateAddon(call: Call, input: eks.UpdateAddonCommandInput) {
  const state = activeCluster(call, input.clusterName);
  const addon = addonOf(state, input.addonName);
  if (addon.status === 'UPDATING' || addon.status === 'CREATING') {
    throw inUse(`Addon ${input.addonName} is ${addon.status}.`);
  }
  if (input.podIdentityAssociations !== undefined) {
    ownAssociations(call, state, addon, input.podIdentityAssociations);
  }
  if (input.addonVersion !== undefined) addon.addonVersion = input.addonVersion;
  if (input.serviceAccountRoleArn !== undefined) addon.serviceAccountRoleArn = input.serviceAccountRoleArn;
  // Seen by people, and not documented: a list of associations without a role takes the role away.
  else if ((input.podIdentityAssociations ?? []).length > 0) delete addon.serviceAccountRoleArn;
  if (input.configurationValues !== undefined) addon.configurationValues = input.configurationValues;
  addon.status = 'UPDATING';
  addon.modifiedAt = call.now;
  const params = [
    { type: 'AddonVersion' as const, value: addon.addonVersion ?? '' },
    ...(input.podIdentityAssociations === undefined
      ? []
      : [{ type: 'PodIdentityAssociations' as const, value: JSON.stringify(input.podIdentityAssociations) }]),
  ];
  return startUpdate(call, state, 'AddonUpdate', params, () => {
    addon.status = 'ACTIVE';
  });
}

function deleteAddon(call: Call, input: eks.DeleteAddonCommandInput): Addon {
  const state = clusterOf(call, input.clusterName);
  const addon = addonOf(state, input.addonName);
  if (input.preserve !== true) ownAssociations(call, state, addon, []);
  addon.status = 'DELETING';
  const answer = structuredClone(addon);
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    if (state.addons.get(input.addonName ?? '') === addon) state.addons.delete(input.addonName ?? '');
  });
  return answer;
}

/** Add-ons, and the associations that they own: an empty list in UpdateAddon deletes them, none leaves them. */
export const addonOperations: Operations<typeof eks> = {
  CreateAddon: write((call, input) => ({ addon: createAddon(call, input) })),
  DescribeAddon: read((call, { clusterName, addonName }) => ({
    addon: structuredClone(addonOf(clusterOf(call, clusterName), addonName)),
  })),
  ListAddons: read((call, input) => {
    const { items, nextToken } = eksPage(
      call,
      [...clusterOf(call, input.clusterName).addons.keys()].sort(),
      input,
    );
    return { addons: items, nextToken };
  }),
  UpdateAddon: write((call, input) => ({ update: updateAddon(call, input) })),
  DeleteAddon: write((call, input) => ({ addon: deleteAddon(call, input) })),
};
