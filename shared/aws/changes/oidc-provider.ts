import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  EntityAlreadyExistsException,
  GetOpenIDConnectProviderCommand,
  NoSuchEntityException,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam';
import { type ChangeOf, canonicalJson, type StateOf } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { issuerKey } from '../../identity/issuer.ts';
import { present } from '../reading.ts';
import { required } from '../reads/listed.ts';
import { tagList, tagsOf } from '../reads/tags.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { ImpossibleChangeError } from './errors.ts';
import { providerOf } from './names.ts';

type ProviderChange = ChangeOf<'oidc-provider'>;
type ProviderState = StateOf<'oidc-provider'>;

/**
 * OIDC providers of IAM. Without thumbprints IAM fetches one itself, and trusts none where the issuer's certificate is
 * publicly signed (IAM API reference, CreateOpenIDConnectProvider).
 */
export const oidcProvider: Adapter<'oidc-provider'> = {
  permissions: {
    read: [{ actions: ['iam:GetOpenIDConnectProvider'], on: 'oidc-provider' }],
    create: [
      { actions: ['iam:CreateOpenIDConnectProvider', 'iam:GetOpenIDConnectProvider'], on: 'oidc-provider' },
    ],
    tag: [{ actions: ['iam:TagOpenIDConnectProvider'], on: 'oidc-provider' }],
    update: [
      {
        actions: ['iam:AddClientIDToOpenIDConnectProvider', 'iam:RemoveClientIDFromOpenIDConnectProvider'],
        on: 'oidc-provider',
      },
    ],
    delete: [{ actions: ['iam:DeleteOpenIDConnectProvider'], on: 'oidc-provider' }],
  },
  resources: ({ target }) => ({ arns: { 'oidc-provider': [providerOf(target.arn, target.account)] } }),
  same: (live, wanted) =>
    issuerKey(live.url) === issuerKey(wanted.url) &&
    canonicalJson(live.clientIds) === canonicalJson([...wanted.clientIds].sort()) &&
    (wanted.tags === undefined || canonicalJson(live.tags ?? {}) === canonicalJson(wanted.tags)) &&
    (wanted.thumbprints === undefined ||
      canonicalJson(live.thumbprints ?? []) === canonicalJson([...wanted.thumbprints].sort())),
  read,
  looksFirst: false,
  write: async (calls, change) => {
    const { before, after, target } = change;
    if (after === null) return remove(calls, target.arn);
    if (before === null) return create(calls, change, after);
    return update(calls, target.arn, before, after);
  },
};

async function read(calls: Calls, { target }: ProviderChange): Promise<Live<'oidc-provider'>> {
  try {
    const provider = await calls
      .iam()
      .send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: target.arn }));
    const thumbprints = [...(provider.ThumbprintList ?? [])].sort();
    const tags = tagsOf(provider.Tags);
    const url = `https://${required(provider.Url, 'Url').replace(/^https:\/\//, '')}`;
    return {
      state: present({ url, clientIds: [...(provider.ClientIDList ?? [])].sort(), thumbprints, tags }),
    };
  } catch (error) {
    if (error instanceof NoSuchEntityException) return { state: null };
    throw error;
  }
}

async function create(calls: Calls, change: ProviderChange, after: ProviderState): Promise<void> {
  const { arn } = change.target;
  if (!arn.endsWith(`:oidc-provider/${issuerKey(after.url)}`)) {
    throw new ImpossibleChangeError(arn, `a provider for ${after.url} has another ARN`);
  }
  try {
    await calls.iam().send(
      new CreateOpenIDConnectProviderCommand({
        Url: after.url,
        ClientIDList: [...after.clientIds],
        ...(after.thumbprints === undefined ? {} : { ThumbprintList: [...after.thumbprints] }),
        ...(after.tags === undefined ? {} : { Tags: tagList(after.tags) }),
      }),
    );
  } catch (error) {
    if (!(error instanceof EntityAlreadyExistsException)) throw error;
    // An attempt whose answer was lost, perhaps: what is there tells.
    const { state } = await read(calls, change);
    if (state !== null && !oidcProvider.same(state, after)) throw new StaleWriteError(arn, error);
  }
}

/**
 * One audience comes or goes, so that the change is one call, which stands or does not. Both calls may be repeated (IAM
 * API reference).
 */
async function update(calls: Calls, arn: string, before: ProviderState, after: ProviderState): Promise<void> {
  const added = after.clientIds.filter((id) => !before.clientIds.includes(id));
  const gone = before.clientIds.filter((id) => !after.clientIds.includes(id));
  const [ClientID] = [...added, ...gone];
  if (issuerKey(before.url) !== issuerKey(after.url) || added.length + gone.length !== 1) {
    throw new ImpossibleChangeError(arn, 'one audience comes or goes, and the issuer stays what it is');
  }
  if (canonicalJson([before.tags, before.thumbprints]) !== canonicalJson([after.tags, after.thumbprints])) {
    throw new ImpossibleChangeError(arn, 'tags and thumbprints are given when it is made');
  }
  const input = { OpenIDConnectProviderArn: arn, ClientID };
  try {
    if (added.length === 1) await calls.iam().send(new AddClientIDToOpenIDConnectProviderCommand(input));
    else await calls.iam().send(new RemoveClientIDFromOpenIDConnectProviderCommand(input));
  } catch (error) {
    throw error instanceof NoSuchEntityException ? new StaleWriteError(arn, error) : error;
  }
}

async function remove(calls: Calls, arn: string): Promise<void> {
  try {
    await calls.iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
  }
}
