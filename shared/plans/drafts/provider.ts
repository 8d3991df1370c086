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
    approval: approvalFor({ account, cluster, config, creates: before === null }),
    ...(meant !== null && { isMeant: ({ target }) => meant.has(target) }),
  };
}

/** Deletes a provider that no role trusts: while one does, whoever has the issuer may be meant to come in. */
export function draftNoProvider(
  account: AccountView,
  provider: OidcProvider,
  roles: readonly string[],
): Draft {
  if (roles.length > 0)
    return declined(
      `${roles.slice(0, 10).join(', ')} ${roles.length === 1 ? 'trusts' : 'trust'} it, perhaps for a cluster outside of the organization: take it out of the trust policies first (no-foreign-issuer).`,
    );
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
      {
        kind: 'oidc-provider',
        target: { account: account.id, arn: provider.arn },
        before: { ...before, ...keptBy(provider) },
        after: null,
      },
    ],
  };
}

/** What making it again needs: IAM fetches no thumbprint of an issuer that is gone. */
function keptBy({ thumbprints, tags }: OidcProvider): Partial<StateOf<'oidc-provider'>> {
  return {
    ...(thumbprints !== undefined && { thumbprints: [...thumbprints].sort() }),
    ...(tags !== undefined && { tags }),
  };
}

function stateOf({ url, arn, clientIds }: OidcProvider): StateOf<'oidc-provider'> | 'unread' {
  if (clientIds === undefined) return 'unread';
  const issuer = url === undefined ? arn.slice(arn.indexOf('oidc-provider/') + 'oidc-provider/'.length) : url;
  return { url: `https://${issuerKey(issuer)}`, clientIds: [...clientIds].sort() };
}

/**
 * A provider lets every token of an issuer up to the account's doors. Whoever makes a cluster anew under a declared ARN
 * gives it another issuer: that this one is meant is for a person to say.
 */
function approvalFor({
  cluster: { cluster },
  account,
  config,
  creates,
}: Pick<Wanted, 'account' | 'cluster' | 'config'> & { readonly creates: boolean }): string[] {
  if (creates)
    return [
      `The issuer of cluster ${cluster.name} is new to account ${account.id}: that its tokens may enter is for a person to say.`,
    ];
  if (isDeclaredFor(cluster.arn, account, config)) return [];
  return [
    `No binding names the ARN of cluster ${cluster.name} with a role of account ${account.id}: that its tokens may enter is for a person to say.`,
  ];
}

/** True when the configuration means some role of an account for the very cluster. */
function isDeclaredFor(arn: string, { id }: AccountView, { bindings = [] }: Config): boolean {
  return bindings.some(
    (binding) => 'cluster' in binding && binding.cluster === arn && parseArn(binding.role)?.account === id,
  );
}
