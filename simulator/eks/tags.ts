import type * as eks from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { notFound } from './errors.ts';

interface Tagged {
  tags?: Record<string, string> | undefined;
}

function* resources(state: ClusterState): Generator<[string | undefined, Tagged]> {
  yield [state.cluster.arn, state.cluster];
  for (const addon of state.addons.values()) yield [addon.addonArn, addon];
  for (const association of state.associations.live.values()) yield [association.associationArn, association];
  for (const { entry } of state.entries.values()) yield [entry.accessEntryArn, entry];
  for (const nodegroup of state.nodegroups.values()) yield [nodegroup.nodegroupArn, nodegroup];
  for (const profile of state.fargateProfiles.values()) yield [profile.fargateProfileArn, profile];
  for (const capability of state.capabilities.values()) yield [capability.arn, capability];
  for (const config of state.identityProviderConfigs.values())
    yield [config.identityProviderConfigArn, config];
}

function tagged(call: Call, arn: string | undefined): Tagged {
  for (const state of call.region.clusters.values()) {
    for (const [known, resource] of resources(state)) if (known === arn) return resource;
  }
  throw notFound(`Resource ${arn} not found.`);
}

/** Tags of everything that has an ARN. */
export const tagOperations: Operations<typeof eks> = {
  TagResource: write((call, { resourceArn, tags }) => {
    const resource = tagged(call, resourceArn);
    resource.tags = { ...resource.tags, ...tags };
    return {};
  }),
  UntagResource: write((call, { resourceArn, tagKeys }) => {
    const resource = tagged(call, resourceArn);
    const gone = new Set(tagKeys ?? []);
    resource.tags = Object.fromEntries(Object.entries(resource.tags ?? {}).filter(([key]) => !gone.has(key)));
    return {};
  }),
  ListTagsForResource: read((call, { resourceArn }) => ({ tags: { ...tagged(call, resourceArn).tags } })),
};
