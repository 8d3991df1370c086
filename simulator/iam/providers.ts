import type * as iam from '@aws-sdk/client-iam';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ProviderState } from '../state.ts';
import { alreadyExists, invalidInput, limitExceeded, noSuchEntity, validation } from './errors.ts';
import { iamPage } from './lists.ts';
import { dropTags, putTags, tagList, tagMap } from './tags.ts';

/** What IAM fetches itself when no thumbprint is given; nothing trusts it for issuers with a public certificate. */
const FETCHED_THUMBPRINT = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280';

const notFound = (arn: string | undefined) => noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);

function liveProvider(call: Call, arn: string | undefined): ProviderState {
  const provider = call.account.iam.live.providers.get(arn ?? '');
  if (provider === undefined) throw notFound(arn);
  return provider;
}

function visibleProvider(call: Call, arn: string | undefined): ProviderState {
  const provider = call.account.iam.visible().providers.get(arn ?? '');
  if (provider === undefined) throw notFound(arn);
  return provider;
}

function issuerOf(url: string): string {
  if (!URL.canParse(url) || !url.startsWith('https://')) {
    throw validation('Invalid Open ID Connect Provider URL');
  }
  const { port, search } = new URL(url);
  if (port !== '' || search !== '') throw validation('Invalid Open ID Connect Provider URL');
  return url.slice('https://'.length).replace(/\/$/, '');
}

function createProvider(call: Call, input: iam.CreateOpenIDConnectProviderCommandInput): ProviderState {
  const url = issuerOf(input.Url ?? '');
  const arn = `arn:${call.account.partition}:iam::${call.account.id}:oidc-provider/${url}`;
  const { providers } = call.account.iam.live;
  if (providers.has(arn)) throw alreadyExists(`Provider with url ${input.Url} already exists.`);
  const quota = call.account.quotas.oidcProviders;
  if (providers.size >= quota) {
    throw limitExceeded(`Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${quota}`);
  }
  const clientIds = [...new Set(input.ClientIDList ?? [])];
  if (clientIds.length > 100)
    throw limitExceeded('Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100');
  const thumbprints = input.ThumbprintList ?? [];
  if (thumbprints.length > 5) throw invalidInput('Thumbprint list must contain fewer than 5 entries.');
  const provider: ProviderState = {
    arn,
    url,
    clientIds,
    thumbprints: thumbprints.length === 0 ? [FETCHED_THUMBPRINT] : [...thumbprints],
    created: call.now,
    tags: tagMap(input.Tags),
  };
  providers.set(arn, provider);
  return provider;
}

/** OIDC providers. Source of the idempotence of removals: IAM API reference. */
export const providerOperations: Operations<typeof iam> = {
  CreateOpenIDConnectProvider: write((call, input) => {
    const { arn, tags } = createProvider(call, input);
    return { OpenIDConnectProviderArn: arn, Tags: tags.size === 0 ? undefined : tagList(tags) };
  }),
  GetOpenIDConnectProvider: read((call, { OpenIDConnectProviderArn }) => {
    const { url, clientIds, thumbprints, created, tags } = visibleProvider(call, OpenIDConnectProviderArn);
    return {
      Url: url,
      ClientIDList: [...clientIds],
      ThumbprintList: [...thumbprints],
      CreateDate: created,
      Tags: tagList(tags),
    };
  }),
  ListOpenIDConnectProviders: read((call) => ({
    OpenIDConnectProviderList: [...call.account.iam.visible().providers.keys()].map((Arn) => ({ Arn })),
  })),
  DeleteOpenIDConnectProvider: write((call, { OpenIDConnectProviderArn }) => {
    call.account.iam.live.providers.delete(OpenIDConnectProviderArn ?? '');
    return {};
  }),
  AddClientIDToOpenIDConnectProvider: write((call, { OpenIDConnectProviderArn, ClientID }) => {
    const { clientIds } = liveProvider(call, OpenIDConnectProviderArn);
    if (clientIds.includes(ClientID ?? '')) return {};
    if (clientIds.length >= 100)
      throw limitExceeded('Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100');
    clientIds.push(ClientID ?? '');
    return {};
  }),
  RemoveClientIDFromOpenIDConnectProvider: write((call, { OpenIDConnectProviderArn, ClientID }) => {
    const provider = liveProvider(call, OpenIDConnectProviderArn);
    provider.clientIds = provider.clientIds.filter((id) => id !== ClientID);
    return {};
  }),
  UpdateOpenIDConnectProviderThumbprint: write((call, { OpenIDConnectProviderArn, ThumbprintList }) => {
    liveProvider(call, OpenIDConnectProviderArn).thumbprints = [...(ThumbprintList ?? [])];
    return {};
  }),
  TagOpenIDConnectProvider: write((call, { OpenIDConnectProviderArn, Tags }) => {
    putTags(liveProvider(call, OpenIDConnectProviderArn).tags, Tags);
    return {};
  }),
  UntagOpenIDConnectProvider: write((call, { OpenIDConnectProviderArn, TagKeys }) => {
    dropTags(liveProvider(call, OpenIDConnectProviderArn).tags, TagKeys);
    return {};
  }),
  ListOpenIDConnectProviderTags: read((call, input) => {
    const { items, rest } = iamPage(
      call,
      tagList(visibleProvider(call, input.OpenIDConnectProviderArn).tags),
      input,
    );
    return { Tags: items, ...rest };
  }),
};
