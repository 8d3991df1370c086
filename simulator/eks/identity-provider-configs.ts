import type * as eks from '@aws-sdk/client-eks';
import type { OidcIdentityProviderConfig, Update } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import { inUse, invalidRequest, notFound } from './errors.ts';
import { activeCluster, clusterOf, eksArn, eksPage } from './lookup.ts';
import { startUpdate } from './updates.ts';

function associate(call: Call, input: eks.AssociateIdentityProviderConfigCommandInput): Update {
  const state = activeCluster(call, input.clusterName);
  const name = input.oidc?.identityProviderConfigName ?? '';
  if (state.identityProviderConfigs.size > 0) throw inUse('A cluster can have one identity provider config.');
  if (input.oidc?.issuerUrl === state.issuer) {
    throw invalidRequest(
      'The issuer URL of the cluster itself cannot be used for an identity provider config.',
    );
  }
  const config: OidcIdentityProviderConfig = {
    ...input.oidc,
    identityProviderConfigArn: eksArn(
      call,
      `identityproviderconfig/${state.cluster.name}/oidc/${name}/${call.world.ids.uuid()}`,
    ),
    clusterName: state.cluster.name,
    tags: { ...input.tags },
    status: 'CREATING',
  };
  state.identityProviderConfigs.set(name, config);
  return startUpdate(
    call,
    state,
    'AssociateIdentityProviderConfig',
    [{ type: 'IdentityProviderConfig', value: JSON.stringify([{ type: 'oidc', name }]) }],
    () => {
      config.status = 'ACTIVE';
    },
  );
}

function disassociate(call: Call, input: eks.DisassociateIdentityProviderConfigCommandInput): Update {
  const state = activeCluster(call, input.clusterName);
  const name = input.identityProviderConfig?.name ?? '';
  const config = state.identityProviderConfigs.get(name);
  if (config === undefined) throw notFound('Identity provider config is not associated with cluster');
  config.status = 'DELETING';
  return startUpdate(
    call,
    state,
    'DisassociateIdentityProviderConfig',
    [{ type: 'IdentityProviderConfig', value: JSON.stringify([{ type: 'oidc', name }]) }],
    () => state.identityProviderConfigs.delete(name),
  );
}

/** OIDC providers that people sign in to the cluster with: not the cluster's own issuer. */
export const identityProviderConfigOperations: Operations<typeof eks> = {
  AssociateIdentityProviderConfig: write((call, input) => ({
    update: associate(call, input),
    tags: { ...input.tags },
  })),
  DescribeIdentityProviderConfig: read((call, { clusterName, identityProviderConfig }) => {
    const config = clusterOf(call, clusterName).identityProviderConfigs.get(
      identityProviderConfig?.name ?? '',
    );
    if (config === undefined) throw notFound('Identity provider config is not associated with cluster');
    return { identityProviderConfig: { oidc: structuredClone(config) } };
  }),
  ListIdentityProviderConfigs: read((call, input) => {
    const names = [...clusterOf(call, input.clusterName).identityProviderConfigs.keys()];
    const { items, nextToken } = eksPage(call, names, input);
    return { identityProviderConfigs: items.map((name) => ({ type: 'oidc', name })), nextToken };
  }),
  DisassociateIdentityProviderConfig: write((call, input) => ({ update: disassociate(call, input) })),
};
