import type { StateOf } from '../../changes/change.ts';
import type { Config } from '../../config/config.ts';
import type { AccountView, ClusterView } from '../../estate/estate.ts';
import type { OidcProvider } from '../../estate/snapshot.ts';
import { parseArn } from '../../iam/arn.ts';
import { issuerKey, providerArnFor } from '../../identity/issuer.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import { type Draft, declined } from '../draft.ts';

interface Wanted {
  readonly account: AccountView;
  readonly cluster: ClusterView;
  readonly config: Config;
  /** ARNs of the roles that are meant to work by it; null: whichever trust the provider. */
  readonly meant: ReadonlySet<string> | null;
  readonly wish: string;
}

/** Makes the provider of a cluster's issuer, or lets it take tokens for STS. */
export function draftProvider({ account, cluster, config, meant, wish }: Wanted): Draft {
  const { issuerKey: issuer } = cluster;
  if (issuer === null) return declined(`The issuer of cluster ${cluster.cluster.name} is not known.`);
  const missing = account.missing('oidcProviders');
  if (missing !== null) return declined(`${missing.read}: ${missing.reason}`);
  const arn = providerArnFor(account.partition, account.id, issuer);
  const provider = account.providersByArn.get(arn);
  const before = provider === undefined ? null : stateOf(provider);
  if (before === 'unread')
    return declined(`iam:GetOpenIDConnectProvider: the audiences of ${arn} were not read.`);
  if (before?.clientIds.includes(STS_AUDIENCE) === true)
    return declined(`${arn} takes these tokens already.`);
  const after = { url: `https://${issuer}`, clientIds: [...(before?.clientIds ?? []), STS_AUDIENCE].sort() };
  return {
    kind: 'draft',
    title:
      before === null
        ? `Create the IAM OIDC provider of cluster ${cluster.cluster.name} in account ${account.id}.`
        : `Let the IAM OIDC provider of cluster ${cluster.cluster.name} in account ${account.id} take the audience ${STS_AUDIENCE}.`,
    wish,
    changes: [{ kind: 'oidc-provider', target: { account: account.id, arn }, before, after }],
    approval: isDeclaredFor(cluster, account, config)
      ? []
      : [
          `No binding names the ARN of cluster ${cluster.cluster.name} with a role of account ${account.id}: whether its tokens may enter the account at all is for a person to say.`,
        ],
    ...(meant !== null && { isMeant: ({ target }) => meant.has(target) }),
  };
}

/** Deletes a provider. */
export function draftNoProvider(account: AccountView, provider: OidcProvider): Draft {
  const before = stateOf(provider);
  if (before === 'unread')
    return declined(
      `iam:GetOpenIDConnectProvider: what ${provider.arn} holds was not read, so that it could not be made again.`,
    );
  return {
    kind: 'draft',
    title: `Delete the IAM OIDC provider ${provider.arn}.`,
    wish: 'nobody: the change only takes access away',
    changes: [
      { kind: 'oidc-provider', target: { account: account.id, arn: provider.arn }, before, after: null },
    ],
  };
}

function stateOf({ url, arn, clientIds }: OidcProvider): StateOf<'oidc-provider'> | 'unread' {
  if (clientIds === undefined) return 'unread';
  const issuer = url === undefined ? arn.slice(arn.indexOf('oidc-provider/') + 'oidc-provider/'.length) : url;
  return { url: `https://${issuerKey(issuer)}`, clientIds: [...clientIds].sort() };
}

/** True when the configuration means some role of an account for the very cluster. */
function isDeclaredFor({ cluster }: ClusterView, { id }: AccountView, { bindings = [] }: Config): boolean {
  return bindings.some(
    (binding) =>
      'cluster' in binding && binding.cluster === cluster.arn && parseArn(binding.role)?.account === id,
  );
}
