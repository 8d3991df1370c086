import {
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import { type OidcProvider, oidcProviderSchema } from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import { isoTime } from '../iso-time.ts';
import type { Permissions } from '../permission.ts';
import { required } from './listed.ts';
import { tagsOf } from './tags.ts';

export const permissions: Permissions = {
  actions: ['iam:ListOpenIDConnectProviders', 'iam:GetOpenIDConnectProvider'],
  for: 'read',
};

/** Every OIDC provider. One that could not be read stays, known by its ARN alone. */
export async function readOidcProviders(account: AccountReader): Promise<OidcProvider[] | undefined> {
  const { reading, place } = account;
  const iam = account.client('iam', null);
  // IAM returns the whole list at once (API reference, ListOpenIDConnectProviders).
  const list = await reading.pages('iam:ListOpenIDConnectProviders', place, async () => ({
    items: (await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList,
    next: undefined,
  }));
  if (list === undefined) return undefined;
  const providers = await Promise.all(list.items.map(({ Arn }) => readProvider(account, iam, Arn)));
  return providers.filter((provider) => provider !== undefined);
}

async function readProvider(
  { reading, place }: AccountReader,
  iam: IAMClient,
  arn: string | undefined,
): Promise<OidcProvider | undefined> {
  if (!arn) {
    reading.gap('iam:ListOpenIDConnectProviders', place, 'malformed answer: a provider without ARN');
    return undefined;
  }
  const where = { ...place, subject: arn };
  const read = 'iam:GetOpenIDConnectProvider';
  const answer = await reading.one(read, where, async () => {
    const provider = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    required(provider.Url, 'Url');
    return provider;
  });
  if (answer === undefined) return { arn };
  return (
    reading.shaped(
      oidcProviderSchema,
      {
        arn,
        url: answer.Url,
        clientIds: answer.ClientIDList,
        thumbprints: answer.ThumbprintList?.length ? answer.ThumbprintList : undefined,
        created: isoTime(answer.CreateDate),
        tags: tagsOf(answer.Tags),
      },
      read,
      where,
    ) ?? { arn }
  );
}
